'use client'
/** What the schedule is going to cost as it stands in the form. */
import { Coins } from 'lucide-react'
import { useResting } from '#components/ui/resting.ts'
import { useDraftForecast } from '#lib/client/forecast.ts'
import { forecastIn } from '../forecast.ts'
import { bodyOf } from './body.ts'
import type { Draft, EditorFacts } from './draft.ts'

const REST_MS = 600

export function DraftCost({ slug, draft, facts }: { slug: string; draft: Draft; facts: EditorFacts }) {
  const { body, errors } = bodyOf({ ...draft, name: draft.name || 'draft' }, facts)
  const rested = useResting(JSON.stringify(body), REST_MS)
  const ready = Object.keys(errors).length === 0
  const forecast = useDraftForecast(slug, ready ? (JSON.parse(rested) as typeof body) : null)
  if (!ready || !forecast.data) return null
  return (
    <p className="mt-4 flex items-start gap-2 text-sm text-soft" aria-live="polite">
      <Coins aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0">{forecastIn(forecast.data)}</span>
    </p>
  )
}
