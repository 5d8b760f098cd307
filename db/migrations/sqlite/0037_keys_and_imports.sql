CREATE TABLE `import_plans` (
	`id` text PRIMARY KEY NOT NULL,
	`workspace_id` integer NOT NULL,
	`document` text NOT NULL,
	`prune` integer NOT NULL,
	`seen` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`applied_at` integer,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `import_plans_created` ON `import_plans` (`created_at`);--> statement-breakpoint
CREATE TABLE `resource_keys` (
	`workspace_id` integer NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`object_id` integer,
	`since` integer NOT NULL,
	PRIMARY KEY(`workspace_id`, `kind`, `key`),
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `resource_keys_object` ON `resource_keys` (`workspace_id`,`kind`,`object_id`);