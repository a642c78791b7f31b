CREATE TABLE "sync_settings" (
	"organization_id" uuid NOT NULL,
	"model" text NOT NULL,
	"interval_seconds" integer,
	"reconcile_hours" double precision,
	"adapts" boolean,
	CONSTRAINT "sync_settings_organization_id_model_pk" PRIMARY KEY("organization_id","model")
);
--> statement-breakpoint
DROP INDEX "sync_states_due";--> statement-breakpoint
ALTER TABLE "leases" ADD COLUMN "taken_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "requests" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "setbacks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_states" ADD COLUMN "lane" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_states" ADD COLUMN "turns" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_states" ADD COLUMN "paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_states" ADD COLUMN "quiet_runs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_states" ADD COLUMN "failed_runs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_states" ADD COLUMN "wait_seconds" double precision;--> statement-breakpoint
CREATE INDEX "leases_held" ON "leases" USING btree ("organization_id","linked_account_id") WHERE holder is not null;--> statement-breakpoint
CREATE INDEX "sync_runs_history" ON "sync_runs" USING btree ("linked_account_id","started_at","id");--> statement-breakpoint
CREATE INDEX "sync_states_due" ON "sync_states" USING btree ("lane","next_run_at") WHERE paused_at is null;