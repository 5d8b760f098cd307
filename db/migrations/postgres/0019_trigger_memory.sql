CREATE TABLE "trigger_memory" (
	"trigger_id" bigint PRIMARY KEY NOT NULL,
	"content" text NOT NULL,
	"execution_id" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "trigger_memory" ADD CONSTRAINT "trigger_memory_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;