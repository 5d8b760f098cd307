CREATE TABLE `mail_settings` (
	`scope` text PRIMARY KEY NOT NULL,
	`workspace_id` integer,
	`host` text NOT NULL,
	`port` integer NOT NULL,
	`secure` integer NOT NULL,
	`user` text,
	`password` text,
	`from` text NOT NULL,
	`updated_by` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`workspace_id`) REFERENCES `workspaces`(`id`) ON UPDATE no action ON DELETE cascade
);
