-- The original guide's table names over our tables, to read. Instants are timestamps in UTC.

drop view if exists agent_schedules;
create view agent_schedules as
select
  id, agent_id, agent_type, workspace_id, name, description, cron_expression, timezone, enabled, context,
  to_timestamp(last_run_at / 1000.0) at time zone 'UTC' as last_run_at,
  to_timestamp(next_run_at / 1000.0) at time zone 'UTC' as next_run_at,
  created_by,
  to_timestamp(created_at / 1000.0) at time zone 'UTC' as created_at,
  to_timestamp(updated_at / 1000.0) at time zone 'UTC' as updated_at,
  problem
from triggers
where deleted_at is null and kind in ('schedule', 'interval', 'once');

drop view if exists schedule_executions;
create view schedule_executions as
select
  id, trigger_id as schedule_id, status,
  to_timestamp(started_at / 1000.0) at time zone 'UTC' as started_at,
  to_timestamp(completed_at / 1000.0) at time zone 'UTC' as completed_at,
  output, error, tokens_used
from executions;

drop view if exists workspace_chats;
create view workspace_chats as
select
  id, workspace_id as workspaceId, prompt, response, user_id, thread_id, include,
  to_timestamp(created_at / 1000.0) at time zone 'UTC' as createdAt
from messages;

-- Plain SQL may have written anything: what is no JSON is null, and its row stands with the others.
create or replace function carillon_json(text) returns json language plpgsql immutable as $$
begin return $1::json;
exception when others then return null;
end $$;
create or replace function carillon_event_types(text) returns text language plpgsql immutable as $$
begin return (select string_agg(type, ',') from json_array_elements_text($1::json -> 'types') as types(type));
exception when others then return null;
end $$;

drop view if exists proactive_triggers;
create view proactive_triggers as
select
  id, workspace_id, name,
  case when kind in ('schedule', 'interval', 'once') then 'schedule' else kind end as trigger_type,
  case when kind = 'event' then carillon_event_types(config) end as event_type,
  case when kind in ('event', 'webhook', 'condition') then carillon_json(config)
    else json_build_object('cronExpression', cron_expression, 'timezone', timezone, 'everySeconds', every_seconds) end as condition_config,
  json_build_object('agentId', agent_id, 'agentType', agent_type, 'context', context) as agent_config,
  enabled
from triggers
where deleted_at is null;
