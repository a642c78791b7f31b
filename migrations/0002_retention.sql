CREATE TABLE "prune_marks" (
	"task" text PRIMARY KEY NOT NULL,
	"up_to" timestamp(6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "raw_payloads_superseding" ON "raw_payloads" USING btree ("fetched_at") WHERE version > 1;