/** What a run of an agent would be told, before the agent is anybody's: by the very words that a run is told. */
import { inWords, fieldByField } from '../contract/wording.ts'
import { AgentFailure } from '../agents/agent.ts'
import { type Circumstances, opening, systemPrompt, unknownVariable } from '../agents/custom/prompt.ts'
import { contextOf, schemaFault, withoutSecrets } from '../agents/custom/schema.ts'
import type { AgentPreview, AgentPrompt } from '../contract/custom-agent.ts'
import { exampleContext } from '../contract/example-context.ts'
import { unacceptable } from '../contract/problem.ts'
import type { Workspace } from '../contract/workspace.ts'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'

/** Planned for now, of a schedule that there is not; asks nobody, and keeps nothing. */
export async function prompt(
  { clock, sources }: Pick<Deps, 'clock' | 'sources'>,
  { id, name, timezone }: Pick<Workspace, 'id' | 'name' | 'timezone'>,
  { instructions, input, memory, context, skillIds }: AgentPreview,
): Promise<AgentPrompt> {
  const faults = faultsOf(instructions, input)
  if (faults.length > 0) throw unacceptable(faults)
  const now = clock.now()
  const given: Circumstances = {
    now,
    scheduledFor: now,
    timezone,
    workspaceName: name,
    triggerName: 'Example schedule',
    isCatchup: false,
    context: told(input, context ?? exampleContext(input, instructions)),
    lastOutput: memory === 'last_result' ? '<what the last run said>' : null,
    events: [],
    notes: memory === 'notes' ? '<what earlier runs have noted>' : null,
    asked: null,
  }
  const more = () => Promise.all(sources.map((it) => it.instructions?.(id, { skillIds }) ?? []))
  return { instructions: await inFull(instructions, given, more), message: opening(given) }
}

async function inFull(
  instructions: string,
  given: Circumstances,
  more: () => Promise<string[][]>,
): Promise<string> {
  try {
    return systemPrompt(instructions, given, (await more()).flat())
  } catch (error) {
    throw error instanceof AgentFailure ? unacceptable([{ path: 'context', message: error.message }]) : error
  }
}

function faultsOf(instructions: string, input: Record<string, unknown>): FieldError[] {
  const [variable, schema] = [unknownVariable({ instructions, input }), schemaFault(input)]
  return [
    ...(variable ? [{ path: 'instructions', message: variable }] : []),
    ...(schema ? [{ path: 'input', message: schema }] : []),
  ]
}

/** With what the schema adds by default, and without what it keeps in confidence. */
function told(input: Record<string, unknown>, context: Record<string, unknown>): Record<string, unknown> {
  const { success, data, error } = contextOf(input).safeParse(context, inWords)
  if (!success)
    throw unacceptable(
      fieldByField(error.issues).map(({ path, message }) => ({
        path: ['context', ...path].join('.'),
        message,
      })),
    )
  return withoutSecrets(input, data) as Record<string, unknown>
}
