-- Written by drizzle-kit; edited by hand in two places, which a regenerated file must get again:
-- "log_bodies" is PARTITION BY RANGE ("day") and "upstream_logs" is PARTITION BY RANGE ("started_at").
CREATE TABLE "account_scopes" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"reads" boolean,
	"writes" boolean,
	"enabled_fields" text[] NOT NULL,
	"disabled_fields" text[] NOT NULL,
	CONSTRAINT "account_scopes_linked_account_id_model_pk" PRIMARY KEY("linked_account_id","model")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"linked_account_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"sealed" "bytea" NOT NULL,
	"epoch" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"refreshed_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"retry_at" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamp with time zone,
	"refused_at" timestamp with time zone,
	"is_doubted" boolean DEFAULT false NOT NULL,
	"condemned" text,
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
	"completed_at" timestamp with time zone,
	"scope_version" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organization_scopes" (
	"organization_id" uuid NOT NULL,
	"model" text NOT NULL,
	"reads" boolean,
	"writes" boolean,
	"enabled_fields" text[] NOT NULL,
	"disabled_fields" text[] NOT NULL,
	CONSTRAINT "organization_scopes_organization_id_model_pk" PRIMARY KEY("organization_id","model")
);
--> statement-breakpoint
CREATE TABLE "scope_versions" (
	"organization_id" uuid NOT NULL,
	"category" text NOT NULL,
	"version" bigint NOT NULL,
	"stricter_version" bigint NOT NULL,
	CONSTRAINT "scope_versions_organization_id_category_pk" PRIMARY KEY("organization_id","category")
);
--> statement-breakpoint
CREATE TABLE "token_refreshes" (
	"linked_account_id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"token_hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	"event_type" text NOT NULL,
	"description" text NOT NULL,
	"subject" text,
	"api_key_id" uuid,
	"ip_address" text NOT NULL,
	CONSTRAINT "audit_events_organization_id_id_pk" PRIMARY KEY("organization_id","id")
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
CREATE TABLE "feed_stretches" (
	"organization_id" uuid NOT NULL,
	"number" bigint NOT NULL,
	"linked_account_id" uuid NOT NULL,
	"from_seq" bigint NOT NULL,
	"to_seq" bigint NOT NULL,
	"told_at" timestamp(6) with time zone NOT NULL,
	CONSTRAINT "feed_stretches_linked_account_id_number_pk" PRIMARY KEY("linked_account_id","number")
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
CREATE TABLE "prune_marks" (
	"task" text PRIMARY KEY NOT NULL,
	"up_to" timestamp(6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "drift" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"what" text NOT NULL,
	"path" text NOT NULL,
	"type_before" text NOT NULL,
	"type_after" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"times" bigint NOT NULL,
	"first_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "drift_linked_account_id_model_what_path_type_after_pk" PRIMARY KEY("linked_account_id","model","what","path","type_after")
);
--> statement-breakpoint
CREATE TABLE "payload_shapes" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"basis" text NOT NULL,
	"shape" text NOT NULL,
	CONSTRAINT "payload_shapes_linked_account_id_model_pk" PRIMARY KEY("linked_account_id","model")
);
--> statement-breakpoint
CREATE TABLE "idempotent_requests" (
	"linked_account_id" uuid NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"answer" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "idempotent_requests_linked_account_id_route_key_pk" PRIMARY KEY("linked_account_id","route","key")
);
--> statement-breakpoint
CREATE TABLE "issues" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"code" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"status" text NOT NULL,
	"description" text NOT NULL,
	"details" text[] NOT NULL,
	"log_id" uuid,
	"incidents" integer DEFAULT 1 NOT NULL,
	"is_muted" boolean DEFAULT false NOT NULL,
	"first_incident_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	"last_incident_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp(6) with time zone,
	CONSTRAINT "issues_linked_account_id_model_code_pk" PRIMARY KEY("linked_account_id","model","code")
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
	"passthrough_rules" jsonb,
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
CREATE TABLE "readers" (
	"role_name" text PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deletions" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"record_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"state" text NOT NULL,
	"run_id" uuid NOT NULL,
	"since" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deletions_linked_account_id_model_record_id_pk" PRIMARY KEY("linked_account_id","model","record_id")
);
--> statement-breakpoint
CREATE TABLE "ignored_records" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"record_id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"message" text,
	"ignored_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ignored_records_linked_account_id_model_record_id_pk" PRIMARY KEY("linked_account_id","model","record_id")
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
CREATE TABLE "remote_field_classes" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"display_name" text NOT NULL,
	"remote_key_name" text NOT NULL,
	"description" text,
	"is_required" boolean,
	"field_type" text,
	"field_choices" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"first_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "remote_field_classes_linked_account_id_model_id_pk" PRIMARY KEY("linked_account_id","model","id")
);
--> statement-breakpoint
CREATE TABLE "unseen_words" (
	"linked_account_id" uuid NOT NULL,
	"model" text NOT NULL,
	"field" text NOT NULL,
	"word" text NOT NULL,
	"organization_id" uuid NOT NULL,
	"times" bigint NOT NULL,
	"first_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp(6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "unseen_words_linked_account_id_model_field_word_pk" PRIMARY KEY("linked_account_id","model","field","word")
);
--> statement-breakpoint
CREATE TABLE "crm_account" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_name" text,
	"by_owner" uuid,
	CONSTRAINT "crm_account_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_association" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_association_type" uuid,
	"by_source_object" uuid,
	CONSTRAINT "crm_association_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_association_type" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_source_object_class_id" uuid,
	CONSTRAINT "crm_association_type_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_contact" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_account" uuid,
	CONSTRAINT "crm_contact_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_custom_object" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_object_class" uuid,
	CONSTRAINT "crm_custom_object_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_custom_object_class" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "crm_custom_object_class_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_engagement" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_start_time" timestamp(6) with time zone,
	CONSTRAINT "crm_engagement_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_engagement_type" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "crm_engagement_type_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_lead" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_converted_account" uuid,
	"by_converted_contact" uuid,
	"by_owner" uuid,
	CONSTRAINT "crm_lead_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_note" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_account" uuid,
	"by_contact" uuid,
	"by_opportunity" uuid,
	"by_owner" uuid,
	CONSTRAINT "crm_note_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_opportunity" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_account" uuid,
	"by_owner" uuid,
	"by_remote_created_at" timestamp(6) with time zone,
	"by_stage" uuid,
	"by_status" text,
	CONSTRAINT "crm_opportunity_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_stage" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "crm_stage_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_task" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "crm_task_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "crm_user" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_email" text,
	CONSTRAINT "crm_user_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_bank_info" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_account_type" text,
	"by_bank_name" text,
	"by_employee" uuid,
	"by_remote_created_at" timestamp(6) with time zone,
	CONSTRAINT "hris_bank_info_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_benefit" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_employee" uuid,
	CONSTRAINT "hris_benefit_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_company" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "hris_company_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_dependent" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_employee" uuid,
	CONSTRAINT "hris_dependent_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_employee" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_company" uuid,
	"by_display_full_name" text,
	"by_employee_number" text,
	"by_employment_status" text,
	"by_first_name" text,
	"by_home_location" uuid,
	"by_last_name" text,
	"by_manager" uuid,
	"by_pay_group" uuid,
	"by_personal_email" text,
	"by_start_date" timestamp(6) with time zone,
	"by_team" uuid,
	"by_termination_date" timestamp(6) with time zone,
	"by_work_email" text,
	"by_work_location" uuid,
	CONSTRAINT "hris_employee_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_employee_payroll_run" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_employee" uuid,
	"by_end_date" timestamp(6) with time zone,
	"by_payroll_run" uuid,
	"by_start_date" timestamp(6) with time zone,
	CONSTRAINT "hris_employee_payroll_run_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_employer_benefit" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "hris_employer_benefit_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_employment" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_employee" uuid,
	"by_employment_type" text,
	"by_job_title" text,
	"by_effective_date" timestamp(6) with time zone,
	CONSTRAINT "hris_employment_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_group" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_is_commonly_used_as_team" text,
	"by_name" text,
	"by_type" text,
	CONSTRAINT "hris_group_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_location" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_location_type" text,
	CONSTRAINT "hris_location_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_pay_group" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	CONSTRAINT "hris_pay_group_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_payroll_run" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_end_date" timestamp(6) with time zone,
	"by_run_type" text,
	"by_start_date" timestamp(6) with time zone,
	CONSTRAINT "hris_payroll_run_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_team" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_parent_team" uuid,
	CONSTRAINT "hris_team_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_time_off" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_approver" uuid,
	"by_employee" uuid,
	"by_end_time" timestamp(6) with time zone,
	"by_request_type" text,
	"by_start_time" timestamp(6) with time zone,
	"by_status" text,
	CONSTRAINT "hris_time_off_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_time_off_balance" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_employee" uuid,
	"by_policy_type" text,
	CONSTRAINT "hris_time_off_balance_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "hris_timesheet_entry" (
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_employee" uuid,
	"by_end_time" timestamp(6) with time zone,
	"by_start_time" timestamp(6) with time zone,
	CONSTRAINT "hris_timesheet_entry_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
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
	"aside" text,
	"is_erased" boolean DEFAULT false NOT NULL,
	"raw_hash" uuid NOT NULL,
	"body_hash" uuid NOT NULL,
	"raw_version" integer NOT NULL,
	"by_collection" uuid,
	"by_ticket" uuid,
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
	"taken_at" timestamp with time zone,
	CONSTRAINT "leases_linked_account_id_model_pk" PRIMARY KEY("linked_account_id","model")
);
--> statement-breakpoint
CREATE TABLE "page_contents" (
	"linked_account_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"organization_id" uuid NOT NULL,
	"record_ids" uuid[] NOT NULL,
	"raw_versions" integer[] NOT NULL,
	CONSTRAINT "page_contents_linked_account_id_id_pk" PRIMARY KEY("linked_account_id","id")
);
--> statement-breakpoint
CREATE TABLE "sync_pages" (
	"linked_account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"page" integer NOT NULL,
	"organization_id" uuid NOT NULL,
	"page_token" text NOT NULL,
	"log_ids" uuid[] NOT NULL,
	"contents" uuid NOT NULL,
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
	"mapping_version" integer NOT NULL,
	"state" text NOT NULL,
	"since" timestamp with time zone,
	"checkpoint" json,
	"pages" integer DEFAULT 0 NOT NULL,
	"requests" bigint DEFAULT 0 NOT NULL,
	"setbacks" integer DEFAULT 0 NOT NULL,
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
CREATE TABLE "sync_settings" (
	"organization_id" uuid NOT NULL,
	"model" text NOT NULL,
	"interval_seconds" integer,
	"reconcile_hours" double precision,
	"adapts" boolean,
	CONSTRAINT "sync_settings_organization_id_model_pk" PRIMARY KEY("organization_id","model")
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
	"lane" smallint DEFAULT 0 NOT NULL,
	"turns" integer DEFAULT 0 NOT NULL,
	"paused_at" timestamp with time zone,
	"quiet_runs" integer DEFAULT 0 NOT NULL,
	"failed_runs" integer DEFAULT 0 NOT NULL,
	"wait_seconds" double precision,
	"next_kind" text,
	"current_run_id" uuid,
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
CREATE TABLE "upstream_cells" (
	"key" text PRIMARY KEY NOT NULL,
	"state" jsonb NOT NULL,
	"version" bigint NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "readers" ADD CONSTRAINT "readers_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_refreshed" ON "credentials" USING btree ("refreshed_at") WHERE refreshed_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "linked_accounts_token" ON "linked_accounts" USING btree ("token_public_id");--> statement-breakpoint
CREATE UNIQUE INDEX "linked_accounts_end_user" ON "linked_accounts" USING btree ("organization_id","category","end_user_origin_id");--> statement-breakpoint
CREATE INDEX "linked_accounts_created" ON "linked_accounts" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "linked_accounts_scope_version" ON "linked_accounts" USING btree ("organization_id","category","scope_version");--> statement-breakpoint
CREATE INDEX "audit_events_latest" ON "audit_events" USING btree ("organization_id","at","id");--> statement-breakpoint
CREATE INDEX "changes_record" ON "changes" USING btree ("linked_account_id","record_id","seq");--> statement-breakpoint
CREATE INDEX "feed_heads_organization" ON "feed_heads" USING btree ("organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "feed_stretches_number" ON "feed_stretches" USING btree ("organization_id","number");--> statement-breakpoint
CREATE INDEX "feed_told_organization" ON "feed_told" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "data_keys_organization" ON "data_keys" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "idempotent_requests_created" ON "idempotent_requests" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "issues_first" ON "issues" USING btree ("organization_id","first_incident_at","id");--> statement-breakpoint
CREATE INDEX "upstream_logs_organization" ON "upstream_logs" USING btree ("organization_id","started_at","id");--> statement-breakpoint
CREATE INDEX "upstream_logs_run" ON "upstream_logs" USING btree ("linked_account_id","run_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_public" ON "api_keys" USING btree ("public_id");--> statement-breakpoint
CREATE INDEX "api_keys_organization" ON "api_keys" USING btree ("organization_id");--> statement-breakpoint
CREATE UNIQUE INDEX "organizations_name" ON "organizations" USING btree ("name");--> statement-breakpoint
CREATE INDEX "readers_organization" ON "readers" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "deletions_state" ON "deletions" USING btree ("linked_account_id","state","model","record_id");--> statement-breakpoint
CREATE INDEX "deletions_run" ON "deletions" USING btree ("linked_account_id","run_id","model","record_id");--> statement-breakpoint
CREATE INDEX "deletions_done" ON "deletions" USING btree ("since") WHERE "deletions"."state" = 'done';--> statement-breakpoint
CREATE INDEX "raw_payloads_superseding" ON "raw_payloads" USING btree ("fetched_at") WHERE version > 1;--> statement-breakpoint
CREATE INDEX "record_values_record" ON "record_values" USING btree ("linked_account_id","model","record_id");--> statement-breakpoint
CREATE UNIQUE INDEX "crm_account_clock" ON "crm_account" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_account_remote" ON "crm_account" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_account_by_name" ON "crm_account" USING btree ("linked_account_id","by_name","modified_at") WHERE "crm_account"."by_name" is not null;--> statement-breakpoint
CREATE INDEX "crm_account_by_owner" ON "crm_account" USING btree ("linked_account_id","by_owner","modified_at") WHERE "crm_account"."by_owner" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_association_clock" ON "crm_association" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_association_remote" ON "crm_association" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_association_by_association_type" ON "crm_association" USING btree ("linked_account_id","by_association_type","modified_at") WHERE "crm_association"."by_association_type" is not null;--> statement-breakpoint
CREATE INDEX "crm_association_by_source_object" ON "crm_association" USING btree ("linked_account_id","by_source_object","modified_at") WHERE "crm_association"."by_source_object" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_association_type_clock" ON "crm_association_type" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_association_type_remote" ON "crm_association_type" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_association_type_by_source_object_class_id" ON "crm_association_type" USING btree ("linked_account_id","by_source_object_class_id","modified_at") WHERE "crm_association_type"."by_source_object_class_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_contact_clock" ON "crm_contact" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_contact_remote" ON "crm_contact" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_contact_by_account" ON "crm_contact" USING btree ("linked_account_id","by_account","modified_at") WHERE "crm_contact"."by_account" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_custom_object_clock" ON "crm_custom_object" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_custom_object_remote" ON "crm_custom_object" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_custom_object_by_object_class" ON "crm_custom_object" USING btree ("linked_account_id","by_object_class","modified_at") WHERE "crm_custom_object"."by_object_class" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_custom_object_class_clock" ON "crm_custom_object_class" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_custom_object_class_remote" ON "crm_custom_object_class" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "crm_engagement_clock" ON "crm_engagement" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_engagement_remote" ON "crm_engagement" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_engagement_by_start_time" ON "crm_engagement" USING btree ("linked_account_id","by_start_time","modified_at") WHERE "crm_engagement"."by_start_time" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_engagement_type_clock" ON "crm_engagement_type" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_engagement_type_remote" ON "crm_engagement_type" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "crm_lead_clock" ON "crm_lead" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_lead_remote" ON "crm_lead" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_lead_by_converted_account" ON "crm_lead" USING btree ("linked_account_id","by_converted_account","modified_at") WHERE "crm_lead"."by_converted_account" is not null;--> statement-breakpoint
CREATE INDEX "crm_lead_by_converted_contact" ON "crm_lead" USING btree ("linked_account_id","by_converted_contact","modified_at") WHERE "crm_lead"."by_converted_contact" is not null;--> statement-breakpoint
CREATE INDEX "crm_lead_by_owner" ON "crm_lead" USING btree ("linked_account_id","by_owner","modified_at") WHERE "crm_lead"."by_owner" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_note_clock" ON "crm_note" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_note_remote" ON "crm_note" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_note_by_account" ON "crm_note" USING btree ("linked_account_id","by_account","modified_at") WHERE "crm_note"."by_account" is not null;--> statement-breakpoint
CREATE INDEX "crm_note_by_contact" ON "crm_note" USING btree ("linked_account_id","by_contact","modified_at") WHERE "crm_note"."by_contact" is not null;--> statement-breakpoint
CREATE INDEX "crm_note_by_opportunity" ON "crm_note" USING btree ("linked_account_id","by_opportunity","modified_at") WHERE "crm_note"."by_opportunity" is not null;--> statement-breakpoint
CREATE INDEX "crm_note_by_owner" ON "crm_note" USING btree ("linked_account_id","by_owner","modified_at") WHERE "crm_note"."by_owner" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_opportunity_clock" ON "crm_opportunity" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_opportunity_remote" ON "crm_opportunity" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_opportunity_by_account" ON "crm_opportunity" USING btree ("linked_account_id","by_account","modified_at") WHERE "crm_opportunity"."by_account" is not null;--> statement-breakpoint
CREATE INDEX "crm_opportunity_by_owner" ON "crm_opportunity" USING btree ("linked_account_id","by_owner","modified_at") WHERE "crm_opportunity"."by_owner" is not null;--> statement-breakpoint
CREATE INDEX "crm_opportunity_by_remote_created_at" ON "crm_opportunity" USING btree ("linked_account_id","by_remote_created_at","modified_at") WHERE "crm_opportunity"."by_remote_created_at" is not null;--> statement-breakpoint
CREATE INDEX "crm_opportunity_by_stage" ON "crm_opportunity" USING btree ("linked_account_id","by_stage","modified_at") WHERE "crm_opportunity"."by_stage" is not null;--> statement-breakpoint
CREATE INDEX "crm_opportunity_by_status" ON "crm_opportunity" USING btree ("linked_account_id","by_status","modified_at") WHERE "crm_opportunity"."by_status" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "crm_stage_clock" ON "crm_stage" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_stage_remote" ON "crm_stage" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "crm_task_clock" ON "crm_task" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_task_remote" ON "crm_task" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "crm_user_clock" ON "crm_user" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "crm_user_remote" ON "crm_user" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "crm_user_by_email" ON "crm_user" USING btree ("linked_account_id","by_email","modified_at") WHERE "crm_user"."by_email" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_bank_info_clock" ON "hris_bank_info" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_bank_info_remote" ON "hris_bank_info" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_bank_info_by_account_type" ON "hris_bank_info" USING btree ("linked_account_id","by_account_type","modified_at") WHERE "hris_bank_info"."by_account_type" is not null;--> statement-breakpoint
CREATE INDEX "hris_bank_info_by_bank_name" ON "hris_bank_info" USING btree ("linked_account_id","by_bank_name","modified_at") WHERE "hris_bank_info"."by_bank_name" is not null;--> statement-breakpoint
CREATE INDEX "hris_bank_info_by_employee" ON "hris_bank_info" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_bank_info"."by_employee" is not null;--> statement-breakpoint
CREATE INDEX "hris_bank_info_by_remote_created_at" ON "hris_bank_info" USING btree ("linked_account_id","by_remote_created_at","modified_at");--> statement-breakpoint
CREATE UNIQUE INDEX "hris_benefit_clock" ON "hris_benefit" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_benefit_remote" ON "hris_benefit" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_benefit_by_employee" ON "hris_benefit" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_benefit"."by_employee" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_company_clock" ON "hris_company" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_company_remote" ON "hris_company" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hris_dependent_clock" ON "hris_dependent" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_dependent_remote" ON "hris_dependent" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_dependent_by_employee" ON "hris_dependent" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_dependent"."by_employee" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_employee_clock" ON "hris_employee" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_employee_remote" ON "hris_employee" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_employee_by_company" ON "hris_employee" USING btree ("linked_account_id","by_company","modified_at") WHERE "hris_employee"."by_company" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_display_full_name" ON "hris_employee" USING btree ("linked_account_id","by_display_full_name","modified_at") WHERE "hris_employee"."by_display_full_name" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_employee_number" ON "hris_employee" USING btree ("linked_account_id","by_employee_number","modified_at") WHERE "hris_employee"."by_employee_number" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_employment_status" ON "hris_employee" USING btree ("linked_account_id","by_employment_status","modified_at") WHERE "hris_employee"."by_employment_status" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_first_name" ON "hris_employee" USING btree ("linked_account_id","by_first_name","modified_at") WHERE "hris_employee"."by_first_name" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_home_location" ON "hris_employee" USING btree ("linked_account_id","by_home_location","modified_at") WHERE "hris_employee"."by_home_location" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_last_name" ON "hris_employee" USING btree ("linked_account_id","by_last_name","modified_at") WHERE "hris_employee"."by_last_name" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_manager" ON "hris_employee" USING btree ("linked_account_id","by_manager","modified_at") WHERE "hris_employee"."by_manager" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_pay_group" ON "hris_employee" USING btree ("linked_account_id","by_pay_group","modified_at") WHERE "hris_employee"."by_pay_group" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_personal_email" ON "hris_employee" USING btree ("linked_account_id","by_personal_email","modified_at") WHERE "hris_employee"."by_personal_email" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_start_date" ON "hris_employee" USING btree ("linked_account_id","by_start_date","modified_at") WHERE "hris_employee"."by_start_date" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_team" ON "hris_employee" USING btree ("linked_account_id","by_team","modified_at") WHERE "hris_employee"."by_team" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_termination_date" ON "hris_employee" USING btree ("linked_account_id","by_termination_date","modified_at") WHERE "hris_employee"."by_termination_date" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_work_email" ON "hris_employee" USING btree ("linked_account_id","by_work_email","modified_at") WHERE "hris_employee"."by_work_email" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_by_work_location" ON "hris_employee" USING btree ("linked_account_id","by_work_location","modified_at") WHERE "hris_employee"."by_work_location" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_employee_payroll_run_clock" ON "hris_employee_payroll_run" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_employee_payroll_run_remote" ON "hris_employee_payroll_run" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_employee_payroll_run_by_employee" ON "hris_employee_payroll_run" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_employee_payroll_run"."by_employee" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_payroll_run_by_end_date" ON "hris_employee_payroll_run" USING btree ("linked_account_id","by_end_date","modified_at") WHERE "hris_employee_payroll_run"."by_end_date" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_payroll_run_by_payroll_run" ON "hris_employee_payroll_run" USING btree ("linked_account_id","by_payroll_run","modified_at") WHERE "hris_employee_payroll_run"."by_payroll_run" is not null;--> statement-breakpoint
CREATE INDEX "hris_employee_payroll_run_by_start_date" ON "hris_employee_payroll_run" USING btree ("linked_account_id","by_start_date","modified_at") WHERE "hris_employee_payroll_run"."by_start_date" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_employer_benefit_clock" ON "hris_employer_benefit" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_employer_benefit_remote" ON "hris_employer_benefit" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hris_employment_clock" ON "hris_employment" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_employment_remote" ON "hris_employment" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_employment_by_employee" ON "hris_employment" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_employment"."by_employee" is not null;--> statement-breakpoint
CREATE INDEX "hris_employment_by_employment_type" ON "hris_employment" USING btree ("linked_account_id","by_employment_type","modified_at") WHERE "hris_employment"."by_employment_type" is not null;--> statement-breakpoint
CREATE INDEX "hris_employment_by_job_title" ON "hris_employment" USING btree ("linked_account_id","by_job_title","modified_at") WHERE "hris_employment"."by_job_title" is not null;--> statement-breakpoint
CREATE INDEX "hris_employment_by_effective_date" ON "hris_employment" USING btree ("linked_account_id","by_effective_date","modified_at");--> statement-breakpoint
CREATE UNIQUE INDEX "hris_group_clock" ON "hris_group" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_group_remote" ON "hris_group" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_group_by_is_commonly_used_as_team" ON "hris_group" USING btree ("linked_account_id","by_is_commonly_used_as_team","modified_at") WHERE "hris_group"."by_is_commonly_used_as_team" is not null;--> statement-breakpoint
CREATE INDEX "hris_group_by_name" ON "hris_group" USING btree ("linked_account_id","by_name","modified_at") WHERE "hris_group"."by_name" is not null;--> statement-breakpoint
CREATE INDEX "hris_group_by_type" ON "hris_group" USING btree ("linked_account_id","by_type","modified_at") WHERE "hris_group"."by_type" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_location_clock" ON "hris_location" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_location_remote" ON "hris_location" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_location_by_location_type" ON "hris_location" USING btree ("linked_account_id","by_location_type","modified_at") WHERE "hris_location"."by_location_type" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_pay_group_clock" ON "hris_pay_group" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_pay_group_remote" ON "hris_pay_group" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hris_payroll_run_clock" ON "hris_payroll_run" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_payroll_run_remote" ON "hris_payroll_run" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_payroll_run_by_end_date" ON "hris_payroll_run" USING btree ("linked_account_id","by_end_date","modified_at") WHERE "hris_payroll_run"."by_end_date" is not null;--> statement-breakpoint
CREATE INDEX "hris_payroll_run_by_run_type" ON "hris_payroll_run" USING btree ("linked_account_id","by_run_type","modified_at") WHERE "hris_payroll_run"."by_run_type" is not null;--> statement-breakpoint
CREATE INDEX "hris_payroll_run_by_start_date" ON "hris_payroll_run" USING btree ("linked_account_id","by_start_date","modified_at") WHERE "hris_payroll_run"."by_start_date" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_team_clock" ON "hris_team" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_team_remote" ON "hris_team" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_team_by_parent_team" ON "hris_team" USING btree ("linked_account_id","by_parent_team","modified_at") WHERE "hris_team"."by_parent_team" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_time_off_clock" ON "hris_time_off" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_time_off_remote" ON "hris_time_off" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_time_off_by_approver" ON "hris_time_off" USING btree ("linked_account_id","by_approver","modified_at") WHERE "hris_time_off"."by_approver" is not null;--> statement-breakpoint
CREATE INDEX "hris_time_off_by_employee" ON "hris_time_off" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_time_off"."by_employee" is not null;--> statement-breakpoint
CREATE INDEX "hris_time_off_by_end_time" ON "hris_time_off" USING btree ("linked_account_id","by_end_time","modified_at") WHERE "hris_time_off"."by_end_time" is not null;--> statement-breakpoint
CREATE INDEX "hris_time_off_by_request_type" ON "hris_time_off" USING btree ("linked_account_id","by_request_type","modified_at") WHERE "hris_time_off"."by_request_type" is not null;--> statement-breakpoint
CREATE INDEX "hris_time_off_by_start_time" ON "hris_time_off" USING btree ("linked_account_id","by_start_time","modified_at") WHERE "hris_time_off"."by_start_time" is not null;--> statement-breakpoint
CREATE INDEX "hris_time_off_by_status" ON "hris_time_off" USING btree ("linked_account_id","by_status","modified_at") WHERE "hris_time_off"."by_status" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_time_off_balance_clock" ON "hris_time_off_balance" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_time_off_balance_remote" ON "hris_time_off_balance" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_time_off_balance_by_employee" ON "hris_time_off_balance" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_time_off_balance"."by_employee" is not null;--> statement-breakpoint
CREATE INDEX "hris_time_off_balance_by_policy_type" ON "hris_time_off_balance" USING btree ("linked_account_id","by_policy_type","modified_at") WHERE "hris_time_off_balance"."by_policy_type" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "hris_timesheet_entry_clock" ON "hris_timesheet_entry" USING btree ("linked_account_id","modified_at");--> statement-breakpoint
CREATE INDEX "hris_timesheet_entry_remote" ON "hris_timesheet_entry" USING btree ("linked_account_id","remote_id");--> statement-breakpoint
CREATE INDEX "hris_timesheet_entry_by_employee" ON "hris_timesheet_entry" USING btree ("linked_account_id","by_employee","modified_at") WHERE "hris_timesheet_entry"."by_employee" is not null;--> statement-breakpoint
CREATE INDEX "hris_timesheet_entry_by_end_time" ON "hris_timesheet_entry" USING btree ("linked_account_id","by_end_time","modified_at") WHERE "hris_timesheet_entry"."by_end_time" is not null;--> statement-breakpoint
CREATE INDEX "hris_timesheet_entry_by_start_time" ON "hris_timesheet_entry" USING btree ("linked_account_id","by_start_time","modified_at");--> statement-breakpoint
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
CREATE INDEX "ticketing_viewer_by_collection" ON "ticketing_viewer" USING btree ("linked_account_id","by_collection","modified_at") WHERE "ticketing_viewer"."by_collection" is not null;--> statement-breakpoint
CREATE INDEX "ticketing_viewer_by_ticket" ON "ticketing_viewer" USING btree ("linked_account_id","by_ticket","modified_at") WHERE "ticketing_viewer"."by_ticket" is not null;--> statement-breakpoint
CREATE INDEX "leases_held" ON "leases" USING btree ("organization_id","linked_account_id") WHERE holder is not null;--> statement-breakpoint
CREATE INDEX "sync_runs_latest" ON "sync_runs" USING btree ("linked_account_id","model","started_at");--> statement-breakpoint
CREATE INDEX "sync_runs_history" ON "sync_runs" USING btree ("linked_account_id","started_at","id");--> statement-breakpoint
CREATE INDEX "sync_states_due" ON "sync_states" USING btree ("lane","next_run_at") WHERE paused_at is null;