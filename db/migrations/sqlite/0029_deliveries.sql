CREATE TABLE `channels` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`config` text NOT NULL,
	`quiet_hours` text,
	`digest_at` text,
	`max_per_hour` integer DEFAULT 20 NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`problem` text,
	`created_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `channels_workspace` ON `channels` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`channel_id` integer NOT NULL,
	`channel_name` text NOT NULL,
	`rule_id` integer,
	`trigger_id` integer,
	`execution_id` integer,
	`incident_id` integer,
	`subject` text,
	`facts` text NOT NULL,
	`nth` integer DEFAULT 0 NOT NULL,
	`words` text,
	`status` text DEFAULT 'new' NOT NULL,
	`reason` text,
	`message` text,
	`attempts` text DEFAULT '[]' NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`goes_at` integer,
	`folded_into` integer,
	`resend_of` integer,
	`owner` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`execution_id`) REFERENCES `executions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_subject` ON `deliveries` (`rule_id`,`subject`);--> statement-breakpoint
CREATE INDEX `deliveries_workspace` ON `deliveries` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_execution` ON `deliveries` (`execution_id`);--> statement-breakpoint
CREATE INDEX `deliveries_channel` ON `deliveries` (`channel_id`,`goes_at`);--> statement-breakpoint
CREATE INDEX `deliveries_new` ON `deliveries` (`workspace_id`,`id`) WHERE status = 'new';--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`next_attempt_at`) WHERE next_attempt_at is not null;--> statement-breakpoint
CREATE INDEX `deliveries_folded` ON `deliveries` (`folded_into`) WHERE folded_into is not null;--> statement-breakpoint
CREATE INDEX `deliveries_created` ON `deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `delivery_rules` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`channel_id` integer NOT NULL,
	`trigger_ids` text,
	`events` text NOT NULL,
	`after_failures` integer DEFAULT 1 NOT NULL,
	`repeat` text DEFAULT 'once' NOT NULL,
	`recover_after` integer DEFAULT 1 NOT NULL,
	`created_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`channel_id`) REFERENCES `channels`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `delivery_rules_workspace` ON `delivery_rules` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `delivery_rules_channel` ON `delivery_rules` (`channel_id`);--> statement-breakpoint
CREATE TABLE `incident_tellings` (
	`incident_id` integer NOT NULL,
	`channel_id` integer NOT NULL,
	PRIMARY KEY(`incident_id`, `channel_id`),
	FOREIGN KEY (`incident_id`) REFERENCES `incidents`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`channel_id`) REFERENCES `channels`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `incident_tellings_channel` ON `incident_tellings` (`channel_id`);--> statement-breakpoint
CREATE TABLE `incidents` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`trigger_id` integer NOT NULL,
	`cause` text NOT NULL,
	`error` text,
	`count` integer DEFAULT 1 NOT NULL,
	`successes` integer DEFAULT 0 NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`first_execution_id` integer NOT NULL,
	`last_execution_id` integer NOT NULL,
	`acknowledged_by` text,
	`acknowledged_at` integer,
	`closed_at` integer,
	`closed_by` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `incidents_open` ON `incidents` (`trigger_id`,`cause`) WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX `incidents_workspace` ON `incidents` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `incidents_trigger` ON `incidents` (`trigger_id`,`closed_at`);