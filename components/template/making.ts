'use client'
/** Makes a schedule of a template, and then perhaps a run of it. */
import { useRef, useState } from 'react'
import { toast } from '#components/ui/toast.tsx'
import { newId } from '#lib/client/id.ts'
import { useRunSchedule } from '#lib/client/schedules.ts'
import { useMakeOfTemplate } from '#lib/client/templates.ts'

type Input = Record<string, unknown>

export function useMaking(slug: string, templateId: string) {
  const making = useMakeOfTemplate(slug, templateId)
  const running = useRunSchedule(slug)
  const [made, setMade] = useState(false)
  const key = useRef({ body: '', id: '' })

  /** The same answers have the same key, so that pressing again after a lost answer makes no second schedule. */
  function keyFor(input: Input): string {
    const body = JSON.stringify(input)
    if (key.current.body !== body) key.current = { body, id: newId() }
    return key.current.id
  }

  return {
    error: making.error,
    pending: making.isPending || running.isPending,
    made,
    forget: making.reset,
    /** Where to go then; null when it was refused. Results stand in the chat. */
    async make(input: Input, run: boolean): Promise<string | null> {
      const used = await making.mutateAsync({ input, idempotencyKey: keyFor(input) }).catch(() => null)
      const id = used?.created[0]?.id
      if (!used || id === undefined) return null
      setMade(true)
      const own = `/w/${slug}/schedules/${id}`
      if (used.missing.some((it) => !it.optional)) toast.warning('It is made, and paused')
      else toast.success('It is planned')
      if (!run) return own
      try {
        await running.mutateAsync({ id })
        return `/w/${slug}`
      } catch (error) {
        toast.error('It was made, but not started', { description: (error as Error).message })
        return own
      }
    },
  }
}
