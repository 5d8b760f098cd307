CREATE TABLE `audit_details` (
	`entry_id` integer PRIMARY KEY NOT NULL,
	`object_id` text,
	`object_name` text,
	`changes` text DEFAULT '[]' NOT NULL,
	FOREIGN KEY (`entry_id`) REFERENCES `audit_entries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer,
	`at` integer NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`actor_name` text NOT NULL,
	`via` text NOT NULL,
	`remote_address` text,
	`action` text NOT NULL,
	`object_kind` text NOT NULL,
	`object_id` text,
	`object_name` text,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `audit_entries_workspace` ON `audit_entries` (`workspace_id`,`id`);--> statement-breakpoint
CREATE TABLE `product_versions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`version` text NOT NULL,
	`since` integer NOT NULL
);
