CREATE TABLE `skill_pieces` (
	`skill_id` integer NOT NULL,
	`n` integer NOT NULL,
	`base64` text NOT NULL,
	PRIMARY KEY(`skill_id`, `n`),
	FOREIGN KEY (`skill_id`) REFERENCES `skills`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `skills` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer NOT NULL,
	`hub_id` text NOT NULL,
	`format` text NOT NULL,
	`status` text NOT NULL,
	`source` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`manifest` text NOT NULL,
	`setup` text DEFAULT '{}' NOT NULL,
	`grants` text,
	`accepted_sha256` text,
	`accepted_by` text,
	`accepted_at` integer,
	`created_by` text,
	`created_at` integer NOT NULL,
	`updated_by` text,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `skills_hub_id` ON `skills` (`workspace_id`,`hub_id`);