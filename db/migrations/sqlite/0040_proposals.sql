CREATE TABLE `proposals` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`text` text NOT NULL,
	`source` text NOT NULL,
	`trigger` text NOT NULL,
	`notes` text DEFAULT '[]' NOT NULL,
	`created_by` text NOT NULL,
	`created_by_name` text NOT NULL,
	`execution_id` integer,
	`key` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`confirmed_by` text,
	`confirmed_by_name` text,
	`confirmed_at` integer,
	`trigger_id` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `proposals_workspace` ON `proposals` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `proposals_expire` ON `proposals` (`expires_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `proposals_key` ON `proposals` (`workspace_id`,`key`) WHERE key is not null;--> statement-breakpoint
ALTER TABLE `triggers` ADD `tags` text;