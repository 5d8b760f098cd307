CREATE TABLE `approval_grants` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`trigger_id` integer NOT NULL,
	`approval_id` integer,
	`tool` text NOT NULL,
	`arguments_hash` text NOT NULL,
	`summary` text NOT NULL,
	`max_uses` integer,
	`uses` integer DEFAULT 0 NOT NULL,
	`until` integer,
	`created_by` text NOT NULL,
	`created_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `approval_grants_alike` ON `approval_grants` (`trigger_id`,`tool`,`arguments_hash`);--> statement-breakpoint
CREATE TABLE `approvals` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`execution_id` integer NOT NULL,
	`trigger_id` integer NOT NULL,
	`place` text NOT NULL,
	`step` integer,
	`kind` text NOT NULL,
	`tool` text,
	`effect` text,
	`arguments` text,
	`arguments_hash` text,
	`summary` text NOT NULL,
	`why` text NOT NULL,
	`question` text,
	`options` text,
	`status` text DEFAULT 'pending' NOT NULL,
	`requested_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`on_expiry` text NOT NULL,
	`required_role` text NOT NULL,
	`require_other` integer NOT NULL,
	`decided_by` text,
	`decided_name` text,
	`decided_at` integer,
	`decided_via` text,
	`note` text,
	`edited_arguments` text,
	`edited_hash` text,
	`answer` text,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`execution_id`) REFERENCES `executions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `approvals_place` ON `approvals` (`execution_id`,`place`);--> statement-breakpoint
CREATE INDEX `approvals_newest` ON `approvals` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `approvals_pending` ON `approvals` (`workspace_id`,`id`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `approvals_expiring` ON `approvals` (`expires_at`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `approvals_alike` ON `approvals` (`trigger_id`,`tool`,`arguments_hash`) WHERE status = 'pending';--> statement-breakpoint
ALTER TABLE `api_keys` ADD `may_approve` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `tainted` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `executions` ADD `tainted` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `executions` ADD `staged` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `triggers` ADD `approvals` text DEFAULT '{}' NOT NULL;