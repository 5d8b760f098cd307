CREATE TABLE `evaluations` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`trigger_id` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`count` integer DEFAULT 1 NOT NULL,
	`source` text,
	`event_id` integer,
	`delivery_id` text,
	`value` text,
	`verdict` text NOT NULL,
	`reason` text,
	`trace` text DEFAULT '[]' NOT NULL,
	`occurrence` text,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `evaluations_newest` ON `evaluations` (`trigger_id`,`id`);--> statement-breakpoint
CREATE INDEX `evaluations_of_event` ON `evaluations` (`trigger_id`,`event_id`) WHERE event_id is not null;--> statement-breakpoint
CREATE INDEX `evaluations_old` ON `evaluations` (`last_at`);--> statement-breakpoint
CREATE INDEX `evaluations_paused` ON `evaluations` (`trigger_id`,`first_at`) WHERE verdict = 'paused';--> statement-breakpoint
CREATE TABLE `execution_events` (
	`execution_id` integer NOT NULL,
	`n` integer NOT NULL,
	`event` text NOT NULL,
	PRIMARY KEY(`execution_id`, `n`),
	FOREIGN KEY (`execution_id`) REFERENCES `executions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `events` ADD `fact_type` text;--> statement-breakpoint
ALTER TABLE `events` ADD `fact` text;--> statement-breakpoint
ALTER TABLE `events` ADD `dedupe_key` text;--> statement-breakpoint
CREATE INDEX `events_dedupe` ON `events` (`workspace_id`,`dedupe_key`) WHERE dedupe_key is not null;--> statement-breakpoint
ALTER TABLE `executions` ADD `event_count` integer;--> statement-breakpoint
ALTER TABLE `executions` ADD `chain_root_id` integer;--> statement-breakpoint
ALTER TABLE `executions` ADD `chain_cause_id` integer;--> statement-breakpoint
ALTER TABLE `executions` ADD `chain_depth` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `executions` ADD `lane` integer;--> statement-breakpoint
ALTER TABLE `executions` ADD `collecting` text;--> statement-breakpoint
ALTER TABLE `executions` ADD `collect_until` integer;--> statement-breakpoint
CREATE INDEX `executions_collecting` ON `executions` (`trigger_id`,`collecting`) WHERE collecting is not null;--> statement-breakpoint
CREATE INDEX `executions_caused` ON `executions` (`chain_cause_id`) WHERE chain_cause_id is not null;--> statement-breakpoint
ALTER TABLE `triggers` ADD `collect` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `throttle` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `cancel_on` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `overlap_key` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `only_if` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `expect` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `calendars` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `hears_from` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `workspaces` ADD `matched_seq` integer DEFAULT 0 NOT NULL;