CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `account_user` ON `account` (`user_id`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`prefix` text NOT NULL,
	`hash` text NOT NULL,
	`workspace_id` integer,
	`role` text NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `documents` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`content` text NOT NULL,
	`bytes` integer NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `documents_workspace` ON `documents` (`workspace_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `events` (
	`workspace_id` integer NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`trigger_id` integer,
	`execution_id` integer,
	`message_id` integer,
	`data` text,
	PRIMARY KEY(`workspace_id`, `seq`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `events_at` ON `events` (`at`);--> statement-breakpoint
CREATE TABLE `execution_days` (
	`workspace_id` integer NOT NULL,
	`day` text NOT NULL,
	`trigger_id` integer NOT NULL,
	`total` integer DEFAULT 0 NOT NULL,
	`success` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`cancelled` integer DEFAULT 0 NOT NULL,
	`skipped` integer DEFAULT 0 NOT NULL,
	`missed` integer DEFAULT 0 NOT NULL,
	`duration_ms` integer DEFAULT 0 NOT NULL,
	`tokens_used` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`workspace_id`, `day`, `trigger_id`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `execution_steps` (
	`execution_id` integer NOT NULL,
	`n` integer NOT NULL,
	`attempt` integer NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`text` text NOT NULL,
	`data` text,
	PRIMARY KEY(`execution_id`, `n`),
	FOREIGN KEY (`execution_id`) REFERENCES `executions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `executions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`trigger_id` integer NOT NULL,
	`trigger_name` text NOT NULL,
	`trigger_revision` integer NOT NULL,
	`agent_id` text NOT NULL,
	`kind` text NOT NULL,
	`occurrence` text NOT NULL,
	`context` text,
	`scheduled_for` integer,
	`queued_at` integer NOT NULL,
	`available_at` integer NOT NULL,
	`started_at` integer,
	`completed_at` integer,
	`duration_ms` integer,
	`lateness_ms` integer,
	`attempt` integer DEFAULT 1 NOT NULL,
	`is_catchup` integer DEFAULT false NOT NULL,
	`retry_of` integer,
	`rank` integer DEFAULT 0 NOT NULL,
	`status` text NOT NULL,
	`held` integer DEFAULT false NOT NULL,
	`slot` integer,
	`owner` text,
	`fence` integer DEFAULT 0 NOT NULL,
	`cancel_requested_at` integer,
	`cancel_reason` text,
	`reason` text,
	`reason_code` text,
	`output` text,
	`outcome` text,
	`error` text,
	`tokens_used` integer DEFAULT 0 NOT NULL,
	`cost` real DEFAULT 0 NOT NULL,
	`missed_from` integer,
	`missed_to` integer,
	`missed_count` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `executions_occurrence` ON `executions` (`trigger_id`,`occurrence`);--> statement-breakpoint
CREATE UNIQUE INDEX `executions_slot` ON `executions` (`slot`) WHERE slot is not null;--> statement-breakpoint
CREATE INDEX `executions_newest` ON `executions` (`workspace_id`,`queued_at`,`id`);--> statement-breakpoint
CREATE INDEX `executions_of_trigger` ON `executions` (`trigger_id`,`queued_at`,`id`);--> statement-breakpoint
CREATE INDEX `executions_by_status` ON `executions` (`workspace_id`,`status`,`queued_at`,`id`);--> statement-breakpoint
CREATE INDEX `executions_live` ON `executions` (`trigger_id`,`id`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `executions_queued` ON `executions` (`workspace_id`,`rank`,`id`,`available_at`) WHERE status = 'queued' and not held;--> statement-breakpoint
CREATE INDEX `executions_running` ON `executions` (`owner`,`workspace_id`) WHERE status = 'running';--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`actor` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer,
	`answer` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`actor`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_created` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`token_hash` text NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_tokenHash_unique` ON `invitations` (`token_hash`);--> statement-breakpoint
CREATE INDEX `invitations_workspace` ON `invitations` (`workspace_id`);--> statement-breakpoint
CREATE TABLE `members` (
	`workspace_id` integer NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `user_id`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`kind` text NOT NULL,
	`prompt` text NOT NULL,
	`response` text,
	`text` text NOT NULL,
	`user_id` text,
	`author_name` text NOT NULL,
	`thread_id` integer,
	`trigger_id` integer,
	`execution_id` integer,
	`client_id` text,
	`include` integer DEFAULT true NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`execution_id`) REFERENCES `executions`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_execution` ON `messages` (`execution_id`) WHERE execution_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `messages_client` ON `messages` (`workspace_id`,`user_id`,`client_id`) WHERE client_id is not null;--> statement-breakpoint
CREATE INDEX `messages_feed` ON `messages` (`workspace_id`,`include`,`id`);--> statement-breakpoint
CREATE TABLE `outages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`reason` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `outages_ended` ON `outages` (`ended_at`);--> statement-breakpoint
CREATE TABLE `servers` (
	`id` text PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`role` text NOT NULL,
	`version` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL,
	`token` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`user_id` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_token_unique` ON `session` (`token`);--> statement-breakpoint
CREATE INDEX `session_user` ON `session` (`user_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `trigger_revisions` (
	`trigger_id` integer NOT NULL,
	`revision` integer NOT NULL,
	`config` text NOT NULL,
	`changed_by` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`trigger_id`, `revision`),
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `triggers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`kind` text DEFAULT 'schedule' NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`agent_id` text NOT NULL,
	`agent_type` text DEFAULT 'system' NOT NULL,
	`cron_expression` text,
	`timezone` text DEFAULT 'UTC' NOT NULL,
	`every_seconds` integer,
	`at` integer,
	`context` text DEFAULT '{}' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`misfire` text DEFAULT 'latest' NOT NULL,
	`max_catchup` integer DEFAULT 10 NOT NULL,
	`catchup_window` integer DEFAULT 86400 NOT NULL,
	`overlap` text DEFAULT 'skip' NOT NULL,
	`buffer_limit` integer DEFAULT 100 NOT NULL,
	`timeout_seconds` integer DEFAULT 300 NOT NULL,
	`retries` integer DEFAULT 0 NOT NULL,
	`jitter_seconds` integer DEFAULT 0 NOT NULL,
	`starts_at` integer,
	`ends_at` integer,
	`max_executions` integer,
	`priority` integer DEFAULT 0 NOT NULL,
	`post` text DEFAULT 'always' NOT NULL,
	`disable_after_failures` integer DEFAULT 5 NOT NULL,
	`disable_below_success_rate` real DEFAULT 20 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`next_run_at` integer,
	`due_at` integer,
	`last_run_at` integer,
	`last_status` text,
	`last_execution_id` integer,
	`consecutive_failures` integer DEFAULT 0 NOT NULL,
	`planned_runs` integer DEFAULT 0 NOT NULL,
	`total_runs` integer DEFAULT 0 NOT NULL,
	`successful_runs` integer DEFAULT 0 NOT NULL,
	`failed_runs` integer DEFAULT 0 NOT NULL,
	`duration_ms` integer DEFAULT 0 NOT NULL,
	`paused_at` integer,
	`paused_until` integer,
	`paused_reason` text,
	`paused_by` text,
	`disabled_reason` text,
	`problem` text,
	`created_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `triggers_due` ON `triggers` (`due_at`) WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX `triggers_workspace` ON `triggers` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `triggers_owner` ON `triggers` (`created_by`);--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`installation_admin` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE TABLE `verification` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `verification_identifier` ON `verification` (`identifier`);--> statement-breakpoint
CREATE TABLE `workspaces` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`last_seq` integer DEFAULT 0 NOT NULL,
	`max_concurrent` integer,
	`retention_days` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workspaces_slug_unique` ON `workspaces` (`slug`);