CREATE TABLE `calendars` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`dates` text DEFAULT '[]' NOT NULL,
	`ics_url` text,
	`status` text DEFAULT 'ok' NOT NULL,
	`last_error` text,
	`note` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`last_checked_at` integer,
	`read_at` integer,
	`validators` text,
	`due_at` integer,
	`held_by` text,
	`held_until` integer,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `calendars_workspace` ON `calendars` (`workspace_id`);--> statement-breakpoint
CREATE INDEX `calendars_due` ON `calendars` (`due_at`);