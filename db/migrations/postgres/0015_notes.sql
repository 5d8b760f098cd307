CREATE TABLE "trigger_notes" (
	"trigger_id" bigint NOT NULL,
	"version" bigint NOT NULL,
	"content" text NOT NULL,
	"execution_id" bigint,
	"tainted" boolean DEFAULT false NOT NULL,
	"updated_by" text,
	"created_at" bigint NOT NULL,
	CONSTRAINT "trigger_notes_trigger_id_version_pk" PRIMARY KEY("trigger_id","version")
);
--> statement-breakpoint
ALTER TABLE "trigger_notes" ADD CONSTRAINT "trigger_notes_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;