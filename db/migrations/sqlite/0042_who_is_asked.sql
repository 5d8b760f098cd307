ALTER TABLE `messages` ADD `asks` text;--> statement-breakpoint
CREATE INDEX `messages_said` ON `messages` (`workspace_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `messages_asking` ON `messages` (`id`) WHERE asks is not null;