CREATE INDEX `executions_gathering` ON `executions` (`workspace_id`) WHERE collecting is not null;--> statement-breakpoint
CREATE INDEX `executions_started` ON `executions` (`trigger_id`,`started_at`) WHERE started_at is not null;--> statement-breakpoint
CREATE INDEX `triggers_throttled` ON `triggers` (`workspace_id`,`id`) WHERE throttle is not null;