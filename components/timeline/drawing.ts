/** How the states of a mark look: by height, pattern and colour, never by colour alone. */
import type { MarkState } from '#lib/contract/timeline.ts'

const HATCHED = 'bg-[repeating-linear-gradient(135deg,transparent_0_3px,var(--surface)_3px_4px)]'
/** Of one mark. */
export const BARS: Record<MarkState, string> = {
  success: 'h-6 bg-good/75',
  failed: `h-6 bg-bad ${HATCHED}`,
  running: 'h-5 bg-busy motion-safe:animate-pulse',
  queued: 'h-3 bg-busy/60',
  waiting: 'h-4 bg-warn/70',
  cancelled: 'h-3 bg-edge',
  skipped: 'h-2 bg-edge',
  missed: 'h-3 bg-warn',
  planned: 'h-5 border-[1.5px] border-edge bg-surface',
  will_skip: 'h-5 border-[1.5px] border-dashed border-edge',
}
/** Of several in one, with their number in it. */
export const PILLS: Record<MarkState, string> = {
  success: 'bg-good-soft text-good ring-1 ring-good/40 ring-inset',
  failed: 'bg-bad-soft text-bad ring-[1.5px] ring-bad ring-inset',
  running: 'bg-busy-soft text-busy ring-1 ring-busy/50 ring-inset',
  queued: 'bg-busy-soft text-busy',
  waiting: 'bg-warn-soft text-warn ring-1 ring-warn/50 ring-inset',
  cancelled: 'bg-sunken text-soft',
  skipped: 'bg-sunken text-soft ring-1 ring-edge/50 ring-inset',
  missed: 'bg-warn-soft text-warn ring-[1.5px] ring-warn ring-inset ring-dashed',
  planned: 'bg-surface text-soft ring-1 ring-edge ring-inset',
  will_skip: 'border border-dashed border-edge bg-surface text-soft',
}
export const BANDS = {
  down: 'bg-bad/15',
  asleep: 'bg-warn/15',
  paused: 'bg-edge/20',
  clock: 'bg-accent/15',
} as const
export const OFF =
  'bg-[repeating-linear-gradient(135deg,transparent_0_5px,color-mix(in_oklch,var(--edge)_28%,transparent)_5px_6px)]'
