CREATE TABLE "import_plans" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" bigint NOT NULL,
	"document" text NOT NULL,
	"prune" boolean NOT NULL,
	"seen" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"applied_at" bigint
);
--> statement-breakpoint
CREATE TABLE "resource_keys" (
	"workspace_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"object_id" bigint,
	"since" bigint NOT NULL,
	CONSTRAINT "resource_keys_workspace_id_kind_key_pk" PRIMARY KEY("workspace_id","kind","key")
);
--> statement-breakpoint
ALTER TABLE "import_plans" ADD CONSTRAINT "import_plans_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_keys" ADD CONSTRAINT "resource_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_plans_created" ON "import_plans" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "resource_keys_object" ON "resource_keys" USING btree ("workspace_id","kind","object_id");