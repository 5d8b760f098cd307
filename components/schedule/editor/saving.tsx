'use client'
/** Sends a schedule, and then perhaps a run of it. */
import { type ReactNode, useRef, useState } from 'react'
import { ProblemNote } from '#components/ui/problem.tsx'
import { newId } from '#lib/client/id.ts'
import { fieldErrors, meanwhileIn } from '#lib/client/problem.ts'
import { useChangeSchedule, useCreateSchedule, useRunSchedule } from '#lib/client/schedules.ts'
import type { Meanwhile } from '#lib/contract/problem.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import type { NewWebhook } from '#lib/contract/webhook.ts'
import type { Body, EditorFacts } from './draft.ts'
import type { Base } from './base.ts'

export interface Saving {
  /** What the server said, by field. */
  errors: Record<string, string>
  /** What it said besides. */
  note: ReactNode
  /** Somebody changed it meanwhile. It stands until it is settled; to save again is no answer to it. */
  conflict: Meanwhile | null
  settle(): void
  pending: boolean
  saved: boolean
  forget(fields: readonly string[]): void
  /**
   * Where to go then, and what is shown only now; null when it was refused. `over`: the revision that was looked at,
   * where that is not the one that was opened.
   */
  save(body: Body, run: boolean, over?: number): Promise<Saved | null>
}

export interface Saved {
  href: string
  webhook?: NewWebhook | undefined
}

/** Which refusals a change of the draft may have answered. */
const FIELDS: Record<string, readonly string[]> = {
  every: ['everySeconds'],
  unit: ['everySeconds'],
  contexts: ['context'],
  agentId: ['agentId', 'agentType', 'context'],
  approvals: ['approvals'],
  demands: ['onlyIf', 'expect'],
  tags: ['tags'],
  kind: ['cronExpression', 'everySeconds', 'at', 'event', 'webhook', 'condition', 'collect'],
  facts: ['collect', 'throttle', 'cancelOn', 'overlapKey'],
}

/** What no field can be blamed for is where the eye is, and the keyboard with it. */
const intoView = (it: HTMLDivElement | null) => {
  it?.scrollIntoView({ block: 'center' })
  it?.focus({ preventScroll: true })
}

export function useSaving(
  slug: string,
  facts: EditorFacts,
  opened: Base,
  schedule: Trigger | undefined,
): Saving {
  const create = useCreateSchedule(slug)
  const change = useChangeSchedule(slug, schedule?.id ?? 0)
  const running = useRunSchedule(slug)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [saved, setSaved] = useState(false)
  const key = useRef({ body: '', id: '' })
  const [conflict, setConflict] = useState<Meanwhile | null>(null)

  /** The same body has the same key, so that pressing again after a lost answer makes no second schedule. */
  function keyFor(body: Body): string {
    const text = JSON.stringify(body)
    if (key.current.body !== text) key.current = { body: text, id: newId() }
    return key.current.id
  }

  async function send(
    body: Body,
    revision: number | undefined,
  ): Promise<{ trigger: Trigger; warnings: string[]; webhook?: NewWebhook | undefined }> {
    if (!schedule) return create.mutateAsync({ ...body, idempotencyKey: keyFor(body) })
    const { bodyOf, changed } = await import('./body.ts')
    const part = changed(bodyOf(opened.draft, facts).body, body)
    if (Object.keys(part).length === 0) return { trigger: schedule, warnings: [] }
    return change.mutateAsync({ ...part, ...(revision !== undefined && { revision }) })
  }

  return {
    errors,
    saved,
    conflict,
    settle: () => setConflict(null),
    note: problem !== null && Object.keys(errors).length === 0 && (
      // The sticky foot of a long form would hide it.
      <div key={String(problem)} ref={intoView} tabIndex={-1} className="outline-none">
        <ProblemNote error={problem} />
      </div>
    ),
    pending: create.isPending || change.isPending || running.isPending,
    forget(fields) {
      const gone = fields.flatMap((it) =>
        it === 'policies' ? Object.keys(opened.draft.policies) : (FIELDS[it] ?? [it]),
      )
      setErrors((before) =>
        Object.fromEntries(
          Object.entries(before).filter(([path]) => !gone.includes(path.split('.')[0] ?? path)),
        ),
      )
      setProblem(null)
    },
    async save(body, run, over = opened.revision) {
      setErrors({})
      setProblem(null)
      try {
        const { trigger: it, warnings, webhook } = await send(body, over)
        setSaved(true)
        const { started, tell } = await import('./sent.ts')
        tell(it, warnings, schedule !== undefined)
        const start = () => running.mutateAsync({ id: it.id })
        return { href: run ? await started(slug, it, start) : `/w/${slug}/schedules/${it.id}`, webhook }
      } catch (error) {
        const meanwhile = meanwhileIn(error)
        if (meanwhile) {
          setConflict(meanwhile)
          return null
        }
        setErrors(fieldErrors(error))
        setProblem(error)
        return null
      }
    },
  }
}
