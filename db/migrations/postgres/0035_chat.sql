CREATE TABLE "message_reads" (
	"workspace_id" bigint NOT NULL,
	"reader_id" text NOT NULL,
	"thread_id" bigint DEFAULT 0 NOT NULL,
	"up_to" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "message_reads_workspace_id_reader_id_thread_id_pk" PRIMARY KEY("workspace_id","reader_id","thread_id")
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "folded_into" bigint;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "mentions" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "edited_at" bigint;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deleted_at" bigint;--> statement-breakpoint
ALTER TABLE "message_reads" ADD CONSTRAINT "message_reads_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "messages_thread" ON "messages" USING btree ("thread_id","id") WHERE thread_id is not null;--> statement-breakpoint
-- Whoever was here before has read what was there: only what comes now is news.
INSERT INTO "message_reads" (workspace_id, reader_id, thread_id, up_to, updated_at)
SELECT workspace_id, user_id, 0,
  coalesce((SELECT max(id) FROM messages WHERE messages.workspace_id = members.workspace_id), 0),
  cast(extract(epoch from now()) * 1000 as bigint)
FROM members;
