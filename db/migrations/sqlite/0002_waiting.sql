DROP INDEX `executions_live`;--> statement-breakpoint
CREATE INDEX `executions_live` ON `executions` (`trigger_id`,`id`) WHERE status in ('queued', 'running', 'waiting');