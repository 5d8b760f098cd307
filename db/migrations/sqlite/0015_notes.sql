CREATE TABLE `trigger_notes` (
	`trigger_id` integer NOT NULL,
	`version` integer NOT NULL,
	`content` text NOT NULL,
	`execution_id` integer,
	`tainted` integer DEFAULT false NOT NULL,
	`updated_by` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`trigger_id`, `version`),
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
