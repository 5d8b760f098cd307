CREATE TABLE "mail_settings" (
	"scope" text PRIMARY KEY NOT NULL,
	"workspace_id" bigint,
	"host" text NOT NULL,
	"port" bigint NOT NULL,
	"secure" boolean NOT NULL,
	"user" text,
	"password" text,
	"from" text NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "mail_settings" ADD CONSTRAINT "mail_settings_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;