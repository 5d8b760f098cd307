CREATE INDEX "executions_gathering" ON "executions" USING btree ("workspace_id") WHERE collecting is not null;--> statement-breakpoint
CREATE INDEX "executions_started" ON "executions" USING btree ("trigger_id","started_at") WHERE started_at is not null;--> statement-breakpoint
CREATE INDEX "triggers_throttled" ON "triggers" USING btree ("workspace_id","id") WHERE throttle is not null;