/**
 * The kinds of schedule by the answer to "When?". The editor and the list read them here: a kind has one name.
 * A new one is a line here, and its part of the form a line in `editor/when.tsx`.
 */
import { CalendarClock, CalendarDays, type LucideIcon, Repeat, TrendingUp, Webhook, Zap } from 'lucide-react'
import type { Trigger } from '#lib/contract/trigger.ts'

export const KINDS = [
  { value: 'schedule', label: 'At a time', Icon: CalendarClock },
  { value: 'interval', label: 'Every so often', Icon: Repeat },
  { value: 'once', label: 'Once', Icon: CalendarDays },
  { value: 'event', label: 'When something happens', Icon: Zap },
  { value: 'webhook', label: 'When a call comes in', Icon: Webhook },
  { value: 'condition', label: 'When a value crosses a line', Icon: TrendingUp },
] as const satisfies readonly { value: string; label: string; Icon: LucideIcon }[]
export type KindName = (typeof KINDS)[number]['value']
export const KIND_NAMES = KINDS.map((it) => it.value)
/** A trigger's kind is any text: the form may not know it. */
export const isKindName = (kind: string): kind is KindName => KIND_NAMES.some((it) => it === kind)

const CLOCKS: readonly string[] = ['schedule', 'interval', 'once']
/** Whether it has a next run; what waits for facts has none until one comes. */
export const followsClock = (kind: string): boolean => CLOCKS.includes(kind)
/** Of one that is on and has no instant to run at: it runs when what it waits for comes. */
export const waits = ({ kind, enabled }: Pick<Trigger, 'kind' | 'enabled'>): boolean =>
  enabled && !followsClock(kind)
