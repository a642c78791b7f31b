DROP INDEX "feed_stretches_account";--> statement-breakpoint
ALTER TABLE "feed_stretches" DROP CONSTRAINT "feed_stretches_organization_id_number_pk";--> statement-breakpoint
ALTER TABLE "feed_stretches" ADD CONSTRAINT "feed_stretches_linked_account_id_number_pk" PRIMARY KEY("linked_account_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "feed_stretches_number" ON "feed_stretches" USING btree ("organization_id","number");