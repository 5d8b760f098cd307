ALTER TABLE `condition_samples` ADD `source` text;--> statement-breakpoint
ALTER TABLE `condition_samples` ADD `print` text;--> statement-breakpoint
ALTER TABLE `condition_samples` ADD `fresh` integer;