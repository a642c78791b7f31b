-- Written by drizzle-kit; edited by hand in two places, which a regenerated file must get again:
-- "log_bodies" is PARTITION BY RANGE ("day") and "upstream_logs" is PARTITION BY RANGE ("started_at").
CREATE TABLE "credentials" (
	"linked_account_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"sealed" "bytea" NOT NULL,
	"epoch" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_linked_account_id_purpose_pk" PRIMARY KEY("linked_account_id","purpose")
);
--> statement-breakpoint
CREATE TABLE "linked_accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"category" text NOT NULL,
	"integration" text NOT NULL,
	"end_user_origin_id" text NOT NULL,
	"end_user_organization_name" text NOT NULL,
	"end_user_email_address" text NOT NULL,
	"status" text NOT NULL,
	"status_detail" text,
	"setup" jsonb NOT NULL,
	"remote_identity" text NOT NULL,
	"token_public_id" text NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"completed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"linked_account_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"organization_id" uuid NOT NULL,
	"model" text NOT NULL,
	"record_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"what" text NOT NULL,
	"cause" text NOT NULL,
	"fields" text[],
	"raw_version" integer,
	"run_id" uuid,
	"log_id" uuid,
	"at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "changes_linked_account_id_seq_pk" PRIMARY KEY("linked_account_id","seq")
);
--> statement-breakpoint
CREATE TABLE "feed_heads" (
	"linked_account_id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"epoch" integer DEFAULT 1 NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"modified_at" timestamp(6) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "data_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"wrapped_by" text NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "key_canary" (
	"wrapped_by" text PRIMARY KEY NOT NULL,
	"sealed" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_bodies" (
	"linked_account_id" uuid NOT NULL,
	"day" timestamp with time zone NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"bytes" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	CONSTRAINT "log_bodies_linked_account_id_day_id_pk" PRIMARY KEY("linked_account_id","day","id")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "upstream_logs" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"organization_id" uuid NOT NULL,
	"integration" text NOT NULL,
	"model" text,
	"run_id" uuid,
	"request_id" text,
	"trace_id" text NOT NULL,
	"method" text NOT NULL,
	"host" text NOT NULL,
	"path" text NOT NULL,
	"query" text NOT NULL,
	"status" integer,
	"attempt" integer NOT NULL,
	"duration_ms" integer NOT NULL,
	"first_byte_ms" integer,
	"request_bytes" integer NOT NULL,
	"response_bytes" integer NOT NULL,
	"code" text,
	"remedy" text,
	"headers" "bytea" NOT NULL,
	"request_body" uuid,
	"response_body" uuid,
	CONSTRAINT "upstream_logs_linked_account_id_started_at_id_pk" PRIMARY KEY("linked_account_id","started_at","id")
) PARTITION BY RANGE ("started_at");
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organization_id" uuid NOT NULL,
	"public_id" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"remote_key" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"code" text NOT NULL,
	"detail" text NOT NULL,
	"payload" text,
	"run_id" uuid NOT NULL,
	"page" integer NOT NULL,
	"log_id" uuid,
	"attempts" bigint DEFAULT 1 NOT NULL,
	"first_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quarantine_linked_account_id_model_remote_key_pk" PRIMARY KEY("linked_account_id","model","remote_key")
);
--> statement-breakpoint
CREATE TABLE "raw_payloads" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"record_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"organization_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"page" integer NOT NULL,
	"ordinal" integer NOT NULL,
	"log_id" uuid NOT NULL,
	"path" text NOT NULL,
	"payload" text NOT NULL,
	"fetched_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "raw_payloads_linked_account_id_model_record_id_version_pk" PRIMARY KEY("linked_account_id","model","record_id","version")
);
--> statement-breakpoint
CREATE TABLE "record_values" (
	"linked_account_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"model" text NOT NULL,
	"field" text NOT NULL,
	"value" text NOT NULL,
	"record_id" uuid NOT NULL,
	CONSTRAINT "record_values_linked_account_id_model_field_value_record_id_pk" PRIMARY KEY("linked_account_id","model","field","value","record_id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_account" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "ticketing_account_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_attachment" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_remote_created_at" timestamp(6) with time zone,
	"by_ticket" uuid,
	CONSTRAINT "ticketing_attachment_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_collection" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_collection_type" text,
	"by_name" text,
	"by_parent_collection" uuid,
	CONSTRAINT "ticketing_collection_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_comment" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_remote_created_at" timestamp(6) with time zone,
	"by_ticket" uuid,
	CONSTRAINT "ticketing_comment_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_contact" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_email_address" text,
	CONSTRAINT "ticketing_contact_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_project" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "ticketing_project_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_role" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "ticketing_role_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_tag" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "ticketing_tag_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_team" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "ticketing_team_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_ticket" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_account" uuid,
	"by_completed_at" timestamp(6) with time zone,
	"by_contact" uuid,
	"by_creator" uuid,
	"by_due_date" timestamp(6) with time zone,
	"by_name" text,
	"by_parent_ticket" uuid,
	"by_priority" text,
	"by_remote_created_at" timestamp(6) with time zone,
	"by_remote_updated_at" timestamp(6) with time zone,
	"by_status" text,
	"by_ticket_type" text,
	"by_ticket_url" text,
	CONSTRAINT "ticketing_ticket_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_user" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_email_address" text,
	CONSTRAINT "ticketing_user_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "ticketing_viewer" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"created_at" timestamp(6) with time zone NOT NULL,
	"modified_at" timestamp(6) with time zone NOT NULL,
	"remote_was_deleted" boolean DEFAULT false NOT NULL,
	"body" text NOT NULL,
	"remote_fields" text,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "ticketing_viewer_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"holder" text,
	"heartbeat_at" timestamp with time zone,
	CONSTRAINT "leases_linked_account_id_model_pk" PRIMARY KEY("linked_account_id","model")
);
--> statement-breakpoint
CREATE TABLE "sync_pages" (
	"linked_account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"page" integer NOT NULL,
	"organization_id" uuid NOT NULL,
	"page_token" text NOT NULL,
	"log_ids" uuid[] NOT NULL,
	"record_ids" uuid[] NOT NULL,
	"raw_versions" integer[] NOT NULL,
	"committed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sync_pages_linked_account_id_run_id_page_pk" PRIMARY KEY("linked_account_id","run_id","page")
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"model" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"since" timestamp with time zone,
	"checkpoint" jsonb,
	"pages" integer DEFAULT 0 NOT NULL,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"created" bigint DEFAULT 0 NOT NULL,
	"updated" bigint DEFAULT 0 NOT NULL,
	"unchanged" bigint DEFAULT 0 NOT NULL,
	"deleted" bigint DEFAULT 0 NOT NULL,
	"quarantined" bigint DEFAULT 0 NOT NULL,
	"field_issues" bigint DEFAULT 0 NOT NULL,
	"deletions_held" bigint DEFAULT 0 NOT NULL,
	"restarts" integer DEFAULT 0 NOT NULL,
	"fault" jsonb,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "sync_runs_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "sync_states" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"status" text NOT NULL,
	"is_initial" boolean DEFAULT true NOT NULL,
	"watermark" timestamp with time zone,
	"last_full_at" timestamp with time zone,
	"last_started_at" timestamp with time zone,
	"last_finished_at" timestamp with time zone,
	"last_result" text,
	"fault" jsonb,
	"failures" integer DEFAULT 0 NOT NULL,
	"next_run_at" timestamp with time zone,
	"next_kind" text,
	"current_run_id" uuid,
	"deletions_held_since" timestamp with time zone,
	"mapping_version" integer NOT NULL,
	CONSTRAINT "sync_states_linked_account_id_model_pk" PRIMARY KEY("linked_account_id","model")
);
--> statement-breakpoint
CREATE TABLE "upstream_budgets" (
	"linked_account_id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"paused_until" timestamp with time zone,
	"reason" text
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "linked_accounts_token" ON "linked_accounts" USING btree ("token_public_id");--> statement-breakpoint
CREATE UNIQUE INDEX "linked_accounts_end_user" ON "linked_accounts" USING btree ("organization_id","category","end_user_origin_id");--> statement-breakpoint
CREATE INDEX "linked_accounts_created" ON "linked_accounts" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "changes_record" ON "changes" USING btree ("linked_account_id","record_id","seq");--> statement-breakpoint
CREATE INDEX "data_keys_organization" ON "data_keys" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "upstream_logs_organization" ON "upstream_logs" USING btree ("organization_id","started_at","id");--> statement-breakpoint
CREATE INDEX "upstream_logs_run" ON "upstream_logs" USING btree ("linked_account_id","run_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_public" ON "api_keys" USING btree ("public_id");--> statement-breakpoint
CREATE INDEX "api_keys_organization" ON "api_keys" USING btree ("organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_name" ON "organizations" USING btree ("name");--> statement-breakpoint
CREATE INDEX "record_values_record" ON "record_values" USING btree ("linked_account_id","model","record_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_account_clock" ON "ticketing_account" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_account_remote" ON "ticketing_account" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_attachment_clock" ON "ticketing_attachment" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_attachment_remote" ON "ticketing_attachment" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "ticketing_attachment_by_remote_created_at" ON "ticketing_attachment" USING btree ("linked_account_id","by_remote_created_at","modified_at") WHERE "ticketing_attachment"."by_remote_created_at" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_attachment_by_ticket" ON "ticketing_attachment" USING btree ("linked_account_id","by_ticket","modified_at") WHERE "ticketing_attachment"."by_ticket" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_collection_clock" ON "ticketing_collection" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_collection_remote" ON "ticketing_collection" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "ticketing_collection_by_collection_type" ON "ticketing_collection" USING btree ("linked_account_id","by_collection_type","modified_at") WHERE "ticketing_collection"."by_collection_type" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_collection_by_name" ON "ticketing_collection" USING btree ("linked_account_id","by_name","modified_at") WHERE "ticketing_collection"."by_name" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_collection_by_parent_collection" ON "ticketing_collection" USING btree ("linked_account_id","by_parent_collection","modified_at") WHERE "ticketing_collection"."by_parent_collection" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_comment_clock" ON "ticketing_comment" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_comment_remote" ON "ticketing_comment" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "ticketing_comment_by_remote_created_at" ON "ticketing_comment" USING btree ("linked_account_id","by_remote_created_at","modified_at") WHERE "ticketing_comment"."by_remote_created_at" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_comment_by_ticket" ON "ticketing_comment" USING btree ("linked_account_id","by_ticket","modified_at") WHERE "ticketing_comment"."by_ticket" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_contact_clock" ON "ticketing_contact" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_contact_remote" ON "ticketing_contact" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "ticketing_contact_by_email_address" ON "ticketing_contact" USING btree ("linked_account_id","by_email_address","modified_at") WHERE "ticketing_contact"."by_email_address" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_project_clock" ON "ticketing_project" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_project_remote" ON "ticketing_project" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_role_clock" ON "ticketing_role" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_role_remote" ON "ticketing_role" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_tag_clock" ON "ticketing_tag" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_tag_remote" ON "ticketing_tag" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_team_clock" ON "ticketing_team" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_team_remote" ON "ticketing_team" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_ticket_clock" ON "ticketing_ticket" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_ticket_remote" ON "ticketing_ticket" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_account" ON "ticketing_ticket" USING btree ("linked_account_id","by_account","modified_at") WHERE "ticketing_ticket"."by_account" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_completed_at" ON "ticketing_ticket" USING btree ("linked_account_id","by_completed_at","modified_at") WHERE "ticketing_ticket"."by_completed_at" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_contact" ON "ticketing_ticket" USING btree ("linked_account_id","by_contact","modified_at") WHERE "ticketing_ticket"."by_contact" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_creator" ON "ticketing_ticket" USING btree ("linked_account_id","by_creator","modified_at") WHERE "ticketing_ticket"."by_creator" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_due_date" ON "ticketing_ticket" USING btree ("linked_account_id","by_due_date","modified_at") WHERE "ticketing_ticket"."by_due_date" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_name" ON "ticketing_ticket" USING btree ("linked_account_id","by_name","modified_at") WHERE "ticketing_ticket"."by_name" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_parent_ticket" ON "ticketing_ticket" USING btree ("linked_account_id","by_parent_ticket","modified_at") WHERE "ticketing_ticket"."by_parent_ticket" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_priority" ON "ticketing_ticket" USING btree ("linked_account_id","by_priority","modified_at") WHERE "ticketing_ticket"."by_priority" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_remote_created_at" ON "ticketing_ticket" USING btree ("linked_account_id","by_remote_created_at","modified_at") WHERE "ticketing_ticket"."by_remote_created_at" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_remote_updated_at" ON "ticketing_ticket" USING btree ("linked_account_id","by_remote_updated_at","modified_at") WHERE "ticketing_ticket"."by_remote_updated_at" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_status" ON "ticketing_ticket" USING btree ("linked_account_id","by_status","modified_at") WHERE "ticketing_ticket"."by_status" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_ticket_type" ON "ticketing_ticket" USING btree ("linked_account_id","by_ticket_type","modified_at") WHERE "ticketing_ticket"."by_ticket_type" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_ticket_by_ticket_url" ON "ticketing_ticket" USING btree ("linked_account_id","by_ticket_url","modified_at") WHERE "ticketing_ticket"."by_ticket_url" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_user_clock" ON "ticketing_user" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_user_remote" ON "ticketing_user" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "ticketing_user_by_email_address" ON "ticketing_user" USING btree ("linked_account_id","by_email_address","modified_at") WHERE "ticketing_user"."by_email_address" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticketing_viewer_clock" ON "ticketing_viewer" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "ticketing_viewer_remote" ON "ticketing_viewer" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "sync_runs_latest" ON "sync_runs" USING btree ("linked_account_id","model","started_at");--> statement-breakpoint
CREATE INDEX "sync_states_due" ON "sync_states" USING btree ("next_run_at");