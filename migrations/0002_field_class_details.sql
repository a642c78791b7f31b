ALTER TABLE "remote_field_classes" ADD COLUMN "description" text;--> statement-breakpoint
ALTER TABLE "remote_field_classes" ADD COLUMN "is_required" boolean;--> statement-breakpoint
ALTER TABLE "remote_field_classes" ADD COLUMN "field_type" text;--> statement-breakpoint
ALTER TABLE "remote_field_classes" ADD COLUMN "field_choices" jsonb DEFAULT '[]'::jsonb NOT NULL;