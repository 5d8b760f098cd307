-- The original guide's table names, kept alive over our tables: its SQL works word for word (spec, section 4).
-- Applied when this text changes. Instants become the guide's text form, UTC, so that date() and julianday() work on them.
-- Only functions that an old sqlite3 shell has, too: the triggers run in whatever program writes.
-- A row inserted or changed here has due_at = 0, "plan me": the running server computes its next instant within 2 seconds.

drop view if exists agent_schedules;
create view agent_schedules as
select
  id, agent_id, agent_type, workspace_id, name, description, cron_expression, timezone, enabled, context,
  strftime('%Y-%m-%d %H:%M:%f', last_run_at / 1000.0, 'unixepoch') as last_run_at,
  strftime('%Y-%m-%d %H:%M:%f', next_run_at / 1000.0, 'unixepoch') as next_run_at,
  created_by,
  strftime('%Y-%m-%d %H:%M:%f', created_at / 1000.0, 'unixepoch') as created_at,
  strftime('%Y-%m-%d %H:%M:%f', updated_at / 1000.0, 'unixepoch') as updated_at,
  problem
from triggers
where deleted_at is null and kind in ('schedule', 'interval', 'once');

create trigger agent_schedules_insert instead of insert on agent_schedules
begin
  insert into triggers (id, agent_id, agent_type, workspace_id, name, description, cron_expression, timezone, enabled, context, due_at, created_by, created_at, updated_at)
  values (
    new.id, new.agent_id, coalesce(new.agent_type, 'system'), new.workspace_id, new.name, coalesce(new.description, ''), new.cron_expression, coalesce(new.timezone, 'UTC'),
    coalesce(new.enabled, 1), coalesce(new.context, '{}'), iif(coalesce(new.enabled, 1), 0, null), new.created_by,
    coalesce(cast(round((julianday(new.created_at) - 2440587.5) * 86400000) as integer), cast(round((julianday('now') - 2440587.5) * 86400000) as integer)),
    coalesce(cast(round((julianday(new.updated_at) - 2440587.5) * 86400000) as integer), cast(round((julianday('now') - 2440587.5) * 86400000) as integer))
  );
  -- Nobody knows who; that it was done stands in the record of changes.
  insert into audit_entries (workspace_id, at, actor_kind, actor_name, via, action, object_kind, object_id, object_name)
  values (new.workspace_id, cast(round((julianday('now') - 2440587.5) * 86400000) as integer), 'sql', 'plain SQL', 'sql', 'trigger.create', 'trigger', last_insert_rowid(), new.name);
end;

create trigger agent_schedules_update instead of update on agent_schedules
begin
  update triggers set
    agent_id = new.agent_id, agent_type = new.agent_type, name = new.name, description = new.description, cron_expression = new.cron_expression,
    timezone = new.timezone, context = coalesce(new.context, '{}'), enabled = coalesce(new.enabled, 1),
    revision = revision + 1,
    next_run_at = iif(new.cron_expression is not old.cron_expression or new.timezone is not old.timezone or new.enabled is not old.enabled, null, next_run_at),
    due_at = iif(coalesce(new.enabled, 1), 0, null),
    problem = null,
    disabled_reason = iif(new.enabled is not old.enabled, null, disabled_reason),
    paused_at = iif(new.enabled is not old.enabled, null, paused_at),
    paused_until = iif(new.enabled is not old.enabled, null, paused_until),
    paused_reason = iif(new.enabled is not old.enabled, null, paused_reason),
    consecutive_failures = iif(new.enabled is not old.enabled, 0, consecutive_failures),
    updated_at = cast(round((julianday('now') - 2440587.5) * 86400000) as integer)
  where id = old.id;
  -- Nobody knows who; that it was done stands in the record of changes.
  insert into audit_entries (workspace_id, at, actor_kind, actor_name, via, action, object_kind, object_id, object_name)
  values (old.workspace_id, cast(round((julianday('now') - 2440587.5) * 86400000) as integer), 'sql', 'plain SQL', 'sql', 'trigger.update', 'trigger', old.id, new.name);
end;

create trigger agent_schedules_delete instead of delete on agent_schedules
begin
  update triggers set enabled = 0, due_at = null, next_run_at = null, revision = revision + 1, deleted_at = cast(round((julianday('now') - 2440587.5) * 86400000) as integer)
  where id = old.id;
  -- Nobody knows who; that it was done stands in the record of changes.
  insert into audit_entries (workspace_id, at, actor_kind, actor_name, via, action, object_kind, object_id, object_name)
  values (old.workspace_id, cast(round((julianday('now') - 2440587.5) * 86400000) as integer), 'sql', 'plain SQL', 'sql', 'trigger.delete', 'trigger', old.id, old.name);
end;

drop view if exists schedule_executions;
create view schedule_executions as
select
  id, trigger_id as schedule_id, status,
  strftime('%Y-%m-%d %H:%M:%f', started_at / 1000.0, 'unixepoch') as started_at,
  strftime('%Y-%m-%d %H:%M:%f', completed_at / 1000.0, 'unixepoch') as completed_at,
  output, error, tokens_used
from executions;

-- A run that is still going on keeps its row: its result would have nowhere to go.
create trigger schedule_executions_delete instead of delete on schedule_executions
when old.status not in ('queued', 'running', 'waiting')
begin
  -- Said in full: the sqlite3 shell does not follow foreign keys.
  delete from execution_steps where execution_id = old.id;
  delete from execution_events where execution_id = old.id;
  update messages set execution_id = null where execution_id = old.id;
  delete from executions where id = old.id;
  -- Nobody knows who; that it was done stands in the record of changes.
  insert into audit_entries (workspace_id, at, actor_kind, actor_name, via, action, object_kind, object_id, object_name)
  values ((select workspace_id from triggers where id = old.schedule_id), cast(round((julianday('now') - 2440587.5) * 86400000) as integer), 'sql', 'plain SQL', 'sql', 'execution.delete', 'execution', old.id, (select name from triggers where id = old.schedule_id));
end;

drop view if exists workspace_chats;
create view workspace_chats as
select
  id, workspace_id as workspaceId, prompt, response, user_id, thread_id, include,
  strftime('%Y-%m-%d %H:%M:%f', created_at / 1000.0, 'unixepoch') as createdAt
from messages;

drop view if exists proactive_triggers;
create view proactive_triggers as
select
  id, workspace_id, name,
  iif(kind in ('schedule', 'interval', 'once'), 'schedule', kind) as trigger_type,
  case when kind = 'event' and json_valid(config)
    then (select group_concat(value, ',') from json_each(config, '$.types')) end as event_type,
  case when kind in ('event', 'webhook', 'condition') then iif(json_valid(config), config, null)
    else json_object('cronExpression', cron_expression, 'timezone', timezone, 'everySeconds', every_seconds) end as condition_config,
  json_object('agentId', agent_id, 'agentType', agent_type, 'context', context) as agent_config,
  enabled
from triggers
where deleted_at is null;
