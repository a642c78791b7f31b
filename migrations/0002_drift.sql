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
