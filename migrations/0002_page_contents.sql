CREATE TABLE "page_contents" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"record_ids" uuid[] NOT NULL,
	"raw_versions" integer[] NOT NULL,
	CONSTRAINT "page_contents_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
ALTER TABLE "sync_pages" ADD COLUMN "contents" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_pages" DROP COLUMN "record_ids";--> statement-breakpoint
ALTER TABLE "sync_pages" DROP COLUMN "raw_versions";--> statement-breakpoint
-- Written by hand: sealed bytes and hashes do not shrink, so nobody need try.
ALTER TABLE "log_bodies" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "upstream_logs" ALTER COLUMN "headers" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "page_contents" ALTER COLUMN "record_ids" SET STORAGE EXTERNAL;
