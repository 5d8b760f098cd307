'use client'
/** Sends a schedule, and then perhaps a run of it. */
import { type ReactNode, useRef, useState } from 'react'
import { ProblemNote } from '#components/ui/problem.tsx'
import { toast } from '#components/ui/toast.tsx'
import { newId } from '#lib/client/id.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import { useChangeSchedule, useCreateSchedule, useRunSchedule } from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { type Body, bodyOf, changed, type Draft } from './draft.ts'
import type { PolicyFacts } from './policies.ts'

export interface Saving {
  /** What the server said, by field. */
  errors: Record<string, string>
  /** What it said besides. */
  note: ReactNode
  pending: boolean
  saved: boolean
  forget(fields: readonly string[]): void
  /** Where to go then; null when it was refused. */
  save(body: Body, run: boolean): Promise<string | null>
}

/** Which refusals a change of the draft may have answered. */
const FIELDS: Record<string, readonly string[]> = {
  every: ['everySeconds'],
  unit: ['everySeconds'],
  contexts: ['context'],
  agentId: ['agentId', 'agentType', 'context'],
  kind: ['cronExpression', 'everySeconds', 'at'],
}

export function useSaving(
  slug: string,
  facts: PolicyFacts,
  initial: Draft,
  schedule: Trigger | undefined,
): Saving {
  const create = useCreateSchedule(slug)
  const change = useChangeSchedule(slug, schedule?.id ?? 0)
  const running = useRunSchedule(slug)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [saved, setSaved] = useState(false)
  const key = useRef({ body: '', id: '' })

  /** The same body has the same key, so that pressing again after a lost answer makes no second schedule. */
  function keyFor(body: Body): string {
    const text = JSON.stringify(body)
    if (key.current.body !== text) key.current = { body: text, id: newId() }
    return key.current.id
  }

  async function send(body: Body): Promise<Trigger> {
    if (!schedule) return (await create.mutateAsync({ ...body, idempotencyKey: keyFor(body) })).schedule
    const part = changed(bodyOf(initial, facts).body, body)
    return Object.keys(part).length === 0 ? schedule : (await change.mutateAsync(part)).schedule
  }

  async function start(it: Trigger): Promise<string> {
    try {
      const { execution } = await running.mutateAsync({ id: it.id })
      return `/w/${slug}/executions/${execution.id}`
    } catch (error) {
      toast.error('It was saved, but not started', { description: (error as Error).message })
      return `/w/${slug}/schedules/${it.id}`
    }
  }

  return {
    errors,
    saved,
    note: problem !== null && Object.keys(errors).length === 0 && <ProblemNote error={problem} />,
    pending: create.isPending || change.isPending || running.isPending,
    forget(fields) {
      const gone = fields.flatMap((it) =>
        it === 'policies' ? Object.keys(initial.policies) : (FIELDS[it] ?? [it]),
      )
      setErrors((before) =>
        Object.fromEntries(
          Object.entries(before).filter(([path]) => !gone.includes(path.split('.')[0] ?? path)),
        ),
      )
      setProblem(null)
    },
    async save(body, run) {
      setErrors({})
      setProblem(null)
      try {
        const it = await send(body)
        setSaved(true)
        toast.success(schedule ? 'Saved' : `${it.name} is planned`)
        return run ? await start(it) : `/w/${slug}/schedules/${it.id}`
      } catch (error) {
        setErrors(fieldErrors(error))
        setProblem(error)
        return null
      }
    },
  }
}
