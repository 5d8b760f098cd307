CREATE TABLE `budget_notices` (
	`budget_id` integer NOT NULL,
	`period` integer NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`budget_id`, `period`, `kind`),
	FOREIGN KEY (`budget_id`) REFERENCES `budgets`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `budgets` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer,
	`scope` text NOT NULL,
	`scope_id` text,
	`period` text NOT NULL,
	`tokens` integer,
	`cost` real,
	`warn_at` real NOT NULL,
	`over` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `budgets_workspace` ON `budgets` (`workspace_id`,`id`);--> statement-breakpoint
ALTER TABLE `executions` ADD `reserved_tokens` integer;--> statement-breakpoint
ALTER TABLE `executions` ADD `reserved_cost` real;--> statement-breakpoint
ALTER TABLE `executions` ADD `beyond_budget` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `executions_reserved` ON `executions` (`workspace_id`,`id`) WHERE reserved_tokens is not null;--> statement-breakpoint
ALTER TABLE `workspaces` ADD `timezone` text DEFAULT 'UTC' NOT NULL;