CREATE TABLE "feed_stretches" (
	"organization_id" uuid NOT NULL,
	"number" bigint NOT NULL,
	"linked_account_id" uuid NOT NULL,
	"from_seq" bigint NOT NULL,
	"to_seq" bigint NOT NULL,
	"told_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "feed_stretches_organization_id_number_pk" PRIMARY KEY("organization_id","number")
);
--> statement-breakpoint
CREATE TABLE "feed_told" (
	"linked_account_id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organization_feeds" (
	"organization_id" uuid PRIMARY KEY NOT NULL,
	"epoch" integer DEFAULT 1 NOT NULL,
	"stretches" bigint DEFAULT 0 NOT NULL,
	"pruned" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX "feed_stretches_account" ON "feed_stretches" USING btree ("linked_account_id");--> statement-breakpoint
CREATE INDEX "feed_told_organization" ON "feed_told" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "feed_heads_organization" ON "feed_heads" USING btree ("organization_id");