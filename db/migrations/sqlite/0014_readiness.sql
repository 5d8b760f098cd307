ALTER TABLE `triggers` ADD `unready` text;--> statement-breakpoint
ALTER TABLE `triggers` ADD `ready_checked_at` integer;