CREATE TABLE `message_reads` (
	`workspace_id` integer NOT NULL,
	`reader_id` text NOT NULL,
	`thread_id` integer DEFAULT 0 NOT NULL,
	`up_to` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `reader_id`, `thread_id`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `messages` ADD `folded_into` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `mentions` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `edited_at` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `messages_thread` ON `messages` (`thread_id`,`id`) WHERE thread_id is not null;--> statement-breakpoint
-- Whoever was here before has read what was there: only what comes now is news.
INSERT INTO "message_reads" (workspace_id, reader_id, thread_id, up_to, updated_at)
SELECT workspace_id, user_id, 0,
  coalesce((SELECT max(id) FROM messages WHERE messages.workspace_id = members.workspace_id), 0), unixepoch() * 1000
FROM members;
