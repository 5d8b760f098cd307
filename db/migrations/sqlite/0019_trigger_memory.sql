CREATE TABLE `trigger_memory` (
	`trigger_id` integer PRIMARY KEY NOT NULL,
	`content` text NOT NULL,
	`execution_id` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`trigger_id`) REFERENCES `triggers`(`id`) ON UPDATE no action ON DELETE cascade
);
