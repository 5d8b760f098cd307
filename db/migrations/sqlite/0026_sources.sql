CREATE TABLE `sources` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`config` text NOT NULL,
	`every_seconds` integer NOT NULL,
	`cursor` text,
	`baseline_at` integer,
	`baseline_reason` text,
	`status` text DEFAULT 'ok' NOT NULL,
	`last_error` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`last_checked_at` integer,
	`due_at` integer NOT NULL,
	`held_by` text,
	`held_until` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sources_workspace` ON `sources` (`workspace_id`);--> statement-breakpoint
CREATE INDEX `sources_held` ON `sources` (`held_until`);