/**
 * What a skill asks a person for while a schedule runs it.
 *
 * Promise: it never approves by itself. The run is parked and begins again when it is decided, and the answer is that
 * of just this payload at just this place: one that differs the next time is asked for anew, and not for ever.
 */
import { AgentFailure, type AgentWait, type Ask, type Decided, type Task } from '../agent.ts'
import { hashOf } from '../custom/calls.ts'
import { shortened } from '../markdown.ts'
import type { SkillCall } from './sandbox.ts'

type Approve = SkillCall['approve']
export interface Approving {
  approve: Approve
  /** What the run waits for, where that is why it ended; else null. */
  wait(): AgentWait | null
}

const MOST_PENDING = 1000
const MOST_ASKED = 20
const MOST_WORDS = 500

type Asker = Pick<Task<unknown>, 'decided' | 'step' | 'has' | 'say' | 'tools'>

export function createApproving(task: Asker, tool: string): Approving {
  let asked = 0
  let waits: AgentWait | null = null
  return {
    wait: () => waits,
    async approve({ payload, description }) {
      const argumentsHash = hashOf(payload ?? null)
      const asking = { tool, payload: payload ?? null, argumentsHash, place: `${++asked} ${argumentsHash}` }
      const decided = task.decided(asking.place)
      if (decided) return answerTo(decided)
      const granted = await grantFor(task, asking)
      if (granted) return { approved: true, message: `Approved by ${granted.by}, who had it remembered.` }
      await requireRoom(task)
      waits = waitFor(task, asking, description)
      // It ends the run, which begins again when somebody has decided.
      throw new Error('It waits for a person.')
    },
  }
}

function answerTo({ status, by, note, arguments: edited }: Decided): Awaited<ReturnType<Approve>> {
  const who = by?.name ?? 'A person'
  const words = note ? ` They say: “${note}”.` : ''
  if (status === 'approved')
    return edited === null
      ? { approved: true, message: `Approved by ${who}.${words}` }
      : { approved: false, message: `${who} approves something else than was asked for.${words}` }
  if (status === 'expired') return { approved: false, message: 'Nobody decided about it in time.' }
  return { approved: false, message: `${who} did not allow it.${words}` }
}

interface Asking {
  tool: string
  payload: unknown
  argumentsHash: string
  place: string
}

/** Only what was remembered of exactly this: what the skill has read outside may have chosen it. */
function grantFor({ step, say, tools }: Asker, { tool, payload, argumentsHash, place }: Asking) {
  return step(`grant ${place}`, async () => {
    const found = await tools.grant({ tool, arguments: payload, argumentsHash, exactly: true })
    if (found)
      say(`Remembered approval ${found.id} of ${found.by} is used`, { grantId: found.id }, 'approval')
    return found
  })
}

async function requireRoom({ step, has, tools }: Asker): Promise<void> {
  if ((await tools.workspace.pendingApprovals()) >= MOST_PENDING)
    throw new AgentFailure(
      `${MOST_PENDING} approvals wait in this workspace already: decide or cancel some of them first.`,
    )
  let n = 1
  while (has(`asked ${n}`)) n++
  if (n > MOST_ASKED)
    throw new AgentFailure(
      `It has asked ${MOST_ASKED} times. What it asks for must be the same each time it begins, or it asks for ever: leave times and random numbers out of its payload.`,
    )
  await step(`asked ${n}`, () => true)
}

function waitFor({ say }: Asker, asking: Asking, description: string): AgentWait {
  const { place, payload, ...told } = asking
  const summary = inOneLine(description) || 'What the skill wants to do'
  const about = { ...told, arguments: payload, summary, why: 'rule' } as const
  const { tool, argumentsHash } = told
  const step = say(`Asks: ${summary}`, { tool, arguments: payload, argumentsHash, why: 'rule' }, 'approval')
  const ask: Ask = { ...about, place, step, kind: 'tool', effect: 'outside' }
  return { waitsFor: `approval: ${summary}`, asks: [ask], usage: { tainted: true } }
}

/** It stands among our words: it begins no line of its own, and turns none round. */
const inOneLine = (text: string) =>
  shortened(
    text
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
      .trim(),
    MOST_WORDS,
  )
