/** What a schedule made of something that happened, in a word. */
import { Badge, type Tone } from '#components/ui/badge.tsx'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'

export const VERDICTS: Record<EvaluationVerdict, { label: string; tone: Tone }> = {
  fired: { label: 'Fired', tone: 'good' },
  collected: { label: 'Collected', tone: 'good' },
  filtered: { label: 'Not as wanted', tone: 'neutral' },
  duplicate: { label: 'Seen before', tone: 'neutral' },
  pending: { label: 'Not for long enough', tone: 'neutral' },
  not_true: { label: 'Not true', tone: 'neutral' },
  cooldown: { label: 'Resting', tone: 'neutral' },
  rate_limited: { label: 'Too many', tone: 'warn' },
  missed: { label: 'Missed', tone: 'warn' },
  paused: { label: 'Paused', tone: 'neutral' },
  depth: { label: 'Chain too long', tone: 'warn' },
  calendar: { label: 'Day off', tone: 'neutral' },
  error: { label: 'Could not look', tone: 'bad' },
}

export function VerdictBadge({ verdict }: { verdict: EvaluationVerdict }) {
  const { label, tone } = VERDICTS[verdict]
  return <Badge tone={tone}>{label}</Badge>
}
