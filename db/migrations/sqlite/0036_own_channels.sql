CREATE TABLE `push_browsers` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` text NOT NULL,
	`digest` text NOT NULL,
	`subscription` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `push_browsers_digest` ON `push_browsers` (`digest`);--> statement-breakpoint
CREATE INDEX `push_browsers_person` ON `push_browsers` (`user_id`,`id`);--> statement-breakpoint
-- Made anew, as a column of SQLite becomes nullable. What refers to it stays, for no key is watched meanwhile.
CREATE TABLE `__new_channels` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`workspace_id` integer,
	`user_id` text,
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
INSERT INTO `__new_channels`("id", "workspace_id", "user_id", "name", "kind", "config", "quiet_hours", "digest_at", "max_per_hour", "enabled", "problem", "created_by", "created_at", "updated_at") SELECT "id", "workspace_id", NULL, "name", "kind", "config", "quiet_hours", "digest_at", "max_per_hour", "enabled", "problem", "created_by", "created_at", "updated_at" FROM `channels`;--> statement-breakpoint
-- No id is given twice.
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'channels') WHERE name = '__new_channels';--> statement-breakpoint
DROP TABLE `channels`;--> statement-breakpoint
ALTER TABLE `__new_channels` RENAME TO `channels`;--> statement-breakpoint
CREATE INDEX `channels_workspace` ON `channels` (`workspace_id`,`id`);--> statement-breakpoint
CREATE INDEX `channels_person` ON `channels` (`user_id`,`id`) WHERE user_id is not null;