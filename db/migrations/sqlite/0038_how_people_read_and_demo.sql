ALTER TABLE `user` ADD `timezone` text;--> statement-breakpoint
ALTER TABLE `user` ADD `clock` text;--> statement-breakpoint
ALTER TABLE `user` ADD `language` text;--> statement-breakpoint
ALTER TABLE `user` ADD `shortcuts` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `workspaces` ADD `demo` integer DEFAULT false NOT NULL;