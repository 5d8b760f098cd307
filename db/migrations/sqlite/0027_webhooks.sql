CREATE TABLE `webhook_deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`trigger_id` integer NOT NULL,
	`delivery_id` text NOT NULL,
	`first` text,
	`signature` text,
	`received_at` integer NOT NULL,
	`verdict` text,
	`status` integer NOT NULL,
	`bytes` integer NOT NULL,
	`remote_address` text,
	`reason` text,
	`execution_id` integer,
	`replay_of` text,
	`headers` text DEFAULT '{}' NOT NULL,
	`query` text DEFAULT '{}' NOT NULL,
	`body_hash` text DEFAULT '' NOT NULL,
	`body` text,
	`is_base64` integer DEFAULT false NOT NULL,
	`trace` text DEFAULT '[]' NOT NULL,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_first` ON `webhook_deliveries` (`trigger_id`,`first`);--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_signature` ON `webhook_deliveries` (`trigger_id`,`signature`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_newest` ON `webhook_deliveries` (`trigger_id`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_named` ON `webhook_deliveries` (`trigger_id`,`delivery_id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_received` ON `webhook_deliveries` (`received_at`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_bodies` ON `webhook_deliveries` (`received_at`) WHERE body is not null;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_brief` ON `webhook_deliveries` (`received_at`) WHERE verdict in ('refused', 'duplicate');--> statement-breakpoint
CREATE INDEX `webhook_deliveries_open` ON `webhook_deliveries` (`id`) WHERE verdict is null;--> statement-breakpoint
CREATE TABLE `webhooks` (
	`trigger_id` integer PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`token` text NOT NULL,
	`secret` text NOT NULL,
	`previous_secret` text,
	`previous_valid_until` integer,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhooks_tokenHash_unique` ON `webhooks` (`token_hash`);