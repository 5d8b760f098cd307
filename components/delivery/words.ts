/** What can be told, as a person says it. */
import type { Tone } from '#components/ui/badge.tsx'
import { formatTimeOfDay } from '#components/ui/instants.ts'
import { formatNumber } from '#components/ui/number.ts'
import type {
  Channel,
  ChannelKindName,
  Delivery,
  DeliveryStatus,
  Rule,
  Tellable,
} from '#lib/contract/delivery.ts'

export const KIND_NAMES: Record<ChannelKindName, string> = {
  email: 'E-mail',
  webhook: 'Webhook',
  slack: 'Slack',
  discord: 'Discord',
  telegram: 'Telegram',
  ntfy: 'ntfy',
  push: 'Browser',
  apprise: 'Apprise',
}

export const TOLD: Record<Tellable, string> = {
  failure: 'a run fails',
  recovery: 'it works again',
  success: 'a run succeeds',
  notable: 'a result is notable',
  changed: 'a result has changed',
  missed: 'a run was missed',
  skipped: 'a run was skipped',
  expectation: 'a result is late',
  approval: 'an approval is needed',
  budget: 'a budget is nearly or fully used',
  disabled: 'a schedule is switched off',
}

export const STATUS: Record<DeliveryStatus, { words: string; tone: Tone }> = {
  pending: { words: 'Waiting', tone: 'busy' },
  held: { words: 'Held', tone: 'neutral' },
  sent: { words: 'Sent', tone: 'good' },
  failed: { words: 'Did not arrive', tone: 'bad' },
  suppressed: { words: 'Not sent', tone: 'neutral' },
  unknown: { words: 'Unknown', tone: 'warn' },
}

/** As it is kept, or as it is being typed. */
export interface Pace {
  from: string
  to: string
  timezone: string
  digestAt: string
  maxPerHour: number
}

/** `zone`: whose time is meant where nothing is kept yet. */
export const paceOf = (it: Channel | null, zone: string | null = null): Pace => ({
  from: it?.quietHours?.from ?? '',
  to: it?.quietHours?.to ?? '',
  timezone: it?.quietHours?.timezone ?? zone ?? 'UTC',
  digestAt: it?.digestAt ?? '',
  maxPerHour: it?.maxPerHour ?? 20,
})

/** "quiet from 22:00 to 07:00 · digest at 08:00 · 20 an hour at most"; the zone where it is not the reader's. */
export function paceInWords(
  { from, to, timezone, digestAt, maxPerHour }: Pace,
  viewer: string | null,
): string {
  const zone = viewer === null || viewer === timezone ? '' : ` (${timezone.replaceAll('_', ' ')})`
  return [
    from && to && `quiet from ${formatTimeOfDay(from)} to ${formatTimeOfDay(to)}${zone}`,
    digestAt && `digest at ${formatTimeOfDay(digestAt)}`,
    `${formatNumber(maxPerHour)} an hour at most`,
  ]
    .filter(Boolean)
    .join(' · ')
}

/** "when a run fails, from the 3rd time on, and when it works again". */
export function ruleInWords({ on, afterFailures, repeat, recoverAfter }: Rule): string {
  const parts = on.map((it) => {
    if (it === 'failure' && (afterFailures > 1 || repeat === 'every'))
      return `${TOLD[it]} (${[afterFailures > 1 && `from failure ${afterFailures} on`, repeat === 'every' && 'each time'].filter(Boolean).join(', ')})`
    if (it === 'recovery' && recoverAfter > 1) return `${TOLD[it]} (${recoverAfter} successes in a row)`
    return TOLD[it]
  })
  return `When ${new Intl.ListFormat('en', { type: 'disjunction' }).format(parts)}.`
}

/** Who was told of a run, in one line; null: nobody was to be. */
export function toldInWords(deliveries: readonly Delivery[]): string | null {
  const of = (...which: DeliveryStatus[]) => [
    ...new Set(deliveries.filter((it) => which.includes(it.status)).map((it) => it.channelName)),
  ]
  const list = (names: string[]) => new Intl.ListFormat('en').format(names)
  const parts = [
    [of('sent'), (names: string) => `Sent to ${names}`] as const,
    [of('pending', 'held'), (names: string) => `waiting to be sent to ${names}`] as const,
    [of('failed'), (names: string) => `did not reach ${names}`] as const,
    [of('unknown'), (names: string) => `whether ${names} was reached is unknown`] as const,
  ].flatMap(([names, say]) => (names.length > 0 ? [say(list(names))] : []))
  const [first] = parts
  return first ? `${[first.replace(/^./, (it) => it.toUpperCase()), ...parts.slice(1)].join('; ')}.` : null
}
