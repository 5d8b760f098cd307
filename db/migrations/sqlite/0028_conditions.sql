CREATE TABLE `condition_samples` (
	`trigger_id` integer NOT NULL,
	`at` integer NOT NULL,
	`value` text,
	`state` text NOT NULL,
	`error` text,
	PRIMARY KEY(`trigger_id`, `at`),
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `condition_samples_at` ON `condition_samples` (`at`);--> statement-breakpoint
CREATE TABLE `condition_states` (
	`trigger_id` integer PRIMARY KEY NOT NULL,
	`watches` text DEFAULT '' NOT NULL,
	`state` text DEFAULT 'unknown' NOT NULL,
	`since` integer,
	`pending_since` integer,
	`held_ms` integer DEFAULT 0 NOT NULL,
	`last_value` text,
	`last_checked_at` integer,
	`seen_at` integer,
	`last_error` text,
	`errors_in_a_row` integer DEFAULT 0 NOT NULL,
	`crossings` integer DEFAULT 0 NOT NULL,
	`fired_at` integer,
	`memory` text,
	`next_check_at` integer,
	`lease_until` integer,
	`fence` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `condition_states_due` ON `condition_states` (`next_check_at`) WHERE next_check_at is not null;