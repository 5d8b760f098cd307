/** The agent of the small world: it does what its context says. */
import { z } from 'zod'
import { AgentFailure, type AgentResult, type AgentWait, agent, type Task } from '../../agents/agent.ts'
import type { LookAt } from '../../conditions/looking.ts'

const Input = z.object({
  does: z
    .enum(['succeed', 'fail', 'throw', 'hang', 'finish', 'ignore', 'wait', 'ask', 'spend'])
    .default('succeed'),
  text: z.string().default('done'),
  /** In place of the text: the data of what has fired it. */
  tellsFacts: z.boolean().default(false),
  /** In confidence. */
  token: z.string().optional().meta({ writeOnly: true }),
  transient: z.boolean().default(false),
  notable: z.boolean().default(true),
  notes: z.string().optional(),
  memory: z.json().optional(),
  /** How long it takes before anything of it. */
  lastsMs: z.number().default(0),
  /** With "wait": what it does when it was put back. */
  afterwards: z.enum(['succeed', 'hang']).default('succeed'),
  /** Parts that it does and keeps before the rest; the answer of each is the attempt that did it. */
  parts: z.array(z.string()).default([]),
  /** What it says that it has used. */
  usage: z.record(z.string(), z.unknown()).default({ tokensUsed: 7 }),
  /** With "spend": what each of its turns may take at the most. */
  turns: z.array(z.object({ tokens: z.number(), cost: z.number() })).default([]),
  /** With "ask": the places that ask, each for a call of its own. */
  asks: z.array(z.string()).default(['1.1']),
})
type Input = z.output<typeof Input>
type ScriptedTask = Task<Input>

/** What it says of itself: a lasting fault, how often it was asked for that, and what it waits for then. */
export const broken: { fault: string | null; probes: number; until: Promise<void> | null } = {
  fault: null,
  probes: 0,
  until: null,
}

/** What each look at what is watched tells: a value, or (an Error) why there is none; and how many there were. */
export const seen: {
  value: number | string | Error
  looks: number
  until: Promise<void> | null
  /** Instead of the value, what each source tells. */
  of: ((source: Parameters<LookAt>[0]) => Awaited<ReturnType<LookAt>>) | null
} = { value: 0, looks: 0, until: null, of: null }
export const lookAt: LookAt = async (source) => {
  seen.looks++
  await seen.until
  if (seen.of) return seen.of(source)
  const { value } = seen
  return value instanceof Error
    ? { kind: 'failed', error: value.message }
    : { kind: 'read', reading: { value } }
}

/** `ended`: where it leaves the executions of which it was told that they are over. */
export const scripted = (ended: number[]) =>
  agent({
    id: 'test-agent',
    name: 'Scripted',
    description: 'Does what its context says.',
    safeToRepeat: false,
    input: Input,
    async checks(_workspaceId, probe) {
      const fault = broken.fault
      if (probe) broken.probes++
      if (probe) await broken.until
      return [
        {
          ...{ kind: 'model', name: 'small', code: null, detail: fault ?? 'It answers.', remedy: null },
          ...{ state: fault ? 'failing' : 'ok', expiresAt: null },
        },
      ]
    },
    worst: async () => ({ revision: 1, tokens: 1000, cost: 0.1 }),
    async perform(task) {
      const { input, execution, say, step, onEnd, tools } = task
      onEnd(() => ended.push(execution.id))
      for (const part of input.parts)
        say(`${part} was done by attempt ${await step(part, () => execution.attempt)}`)
      say(`begins to ${input.does}`)
      if (input.lastsMs > 0)
        await new Promise<void>((resolve) => void tools.clock.after(input.lastsMs, resolve))
      return act(input.does, task)
    },
  })

async function act(does: Input['does'], task: ScriptedTask): Promise<AgentResult | AgentWait> {
  const { input, signal } = task
  const done = {
    text: input.tellsFacts ? JSON.stringify(task.events.map((it) => it.data)) : input.text,
    notable: input.notable,
    usage: input.usage,
    ...(input.notes && { notes: input.notes }),
    ...(input.memory !== undefined && { memory: input.memory }),
  }
  switch (does) {
    case 'succeed':
      return done
    case 'fail':
      throw new AgentFailure('it failed', { transient: input.transient })
    case 'throw':
      throw new Error('a bug')
    case 'hang':
    case 'finish':
    case 'ignore':
      await untilStopped(does, signal)
      return done
    case 'spend':
      return spend(task, done)
    case 'ask':
      return ask(task)
    case 'wait':
      return (await isFirst(task)) ? { waitsFor: 'Ada' } : act(input.afterwards, task)
  }
}

/** Has each turn set aside before it takes it, and says what it is told of its budgets. */
async function spend({ input, afford, say }: ScriptedTask, done: AgentResult): Promise<AgentResult> {
  for (const turn of input.turns) say((await afford(turn)).warning ?? 'affords a turn')
  return done
}

/** Waits until all is decided, then says what was. */
function ask({ input, decided, say, execution }: ScriptedTask): AgentResult | AgentWait {
  if (input.asks.some((place) => decided(place) === null))
    return {
      waitsFor: 'approval',
      usage: { tokensUsed: 5, tainted: true },
      asks: input.asks.map((place) => ({
        place,
        step: say(`asks for ${place}`, null, 'approval'),
        kind: place.startsWith('?') ? 'question' : 'tool',
        tool: 'http_request',
        effect: 'outside',
        arguments: { url: `https://example.com/${place}` },
        argumentsHash: place,
        summary: `GET ${place}`,
        why: 'rule',
        ...(place.startsWith('?') && { question: 'Which?', options: ['red', 'blue'] }),
      })),
    }
  const said = input.asks.map((place) => {
    const it = decided(place)
    return [it?.status, it?.by?.name, it?.note, JSON.stringify(it?.arguments ?? it?.answer ?? null)].join(' ')
  })
  return { text: `${said.join('; ')} by attempt ${execution.attempt}`, usage: { tokensUsed: 12 } }
}

/** Asked to stop, "hang" fails, "finish" comes to its end, and "ignore" hangs on. */
const untilStopped = (does: 'hang' | 'finish' | 'ignore', signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (does === 'hang') signal.addEventListener('abort', () => reject(new Error('stopped')))
    if (does === 'finish') signal.addEventListener('abort', () => resolve())
  })

async function isFirst({ step }: ScriptedTask): Promise<boolean> {
  let first = false
  await step('waited', () => {
    first = true
  })
  return first
}
