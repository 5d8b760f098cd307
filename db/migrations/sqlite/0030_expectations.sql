CREATE TABLE `expectations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`trigger_id` integer NOT NULL,
	`occurrence` text NOT NULL,
	`n` integer NOT NULL,
	`any_run` integer NOT NULL,
	`planned_at` integer NOT NULL,
	`due_by` integer NOT NULL,
	`state` text NOT NULL,
	`known` text,
	`execution_id` integer,
	`missed_at` integer,
	`recovered_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `expectations_occurrence` ON `expectations` (`trigger_id`,`occurrence`,`n`);--> statement-breakpoint
CREATE INDEX `expectations_workspace` ON `expectations` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `expectations_due` ON `expectations` (`state`,`due_by`);--> statement-breakpoint
ALTER TABLE `triggers` ADD `expected_up_to` integer;--> statement-breakpoint
CREATE INDEX `triggers_expecting` ON `triggers` (`id`) WHERE expect is not null or expected_up_to is not null;