'use client'
/** What the source of a draft says now; nothing is kept, and nothing fires. */
import { Button } from '#components/ui/button.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useTrySource } from '#lib/client/conditions.ts'
import type { TriedSource } from '#lib/contract/condition-trigger.ts'
import type { ConditionDraft } from './draft.ts'
import { sourceOf, whenOf } from './reading.ts'
import { valueInWords } from './words.ts'

interface Props {
  slug: string
  triggerId: number | undefined
  draft: ConditionDraft
}

export function TryIt({ slug, triggerId, draft }: Props) {
  const tried = useTrySource(slug)
  function ask() {
    const errors: Record<string, string> = {}
    const when = whenOf(draft, errors)
    const isWhole = errors['when.value'] === undefined && errors['when.clear'] === undefined
    const source = sourceOf(draft, errors)
    tried.mutate({ source, ...(isWhole && { when }), ...(triggerId !== undefined && { triggerId }) })
  }
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button type="button" size="sm" pending={tried.isPending} onClick={ask}>
        Try it
      </Button>
      <div aria-live="polite" className="min-w-0 text-sm text-soft wrap-anywhere">
        {tried.error && <ProblemNote error={tried.error} />}
        {tried.data && inWords(tried.data)}
      </div>
    </div>
  )
}

function inWords({ value, holds, error }: TriedSource): string {
  if (error !== null) return value === null ? `It cannot be read: ${error}` : error
  const so = holds === null ? '' : holds ? ' It holds.' : ' It does not hold.'
  return `Now ${valueInWords(value)}.${so}`
}
