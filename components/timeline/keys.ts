/** The keys that lead through time: each goes on from what was asked for last, though its lanes are not drawn yet. */
import { neighbour, type SpanName, SPANS, type Stretch } from './span.ts'
import type { View } from './state.ts'

type Given = View['given']
type Change = { [Name in keyof Given]?: Given[Name] | null }

const zoomed =
  (step: 1 | -1) =>
  (given: Given, stretch: Stretch): Change => {
    const span: SpanName | undefined = SPANS[SPANS.indexOf(given.span) + step]
    return span ? { span, day: stretch.day } : {}
  }
const moved =
  (step: 1 | -1) =>
  (_: Given, stretch: Stretch): Change => ({
    ...{ day: neighbour(stretch, step), at: null, of: null },
  })

const KEYS: Record<string, (given: Given, stretch: Stretch) => Change> = {
  t: () => ({ day: null, at: null, of: null }),
  '+': zoomed(-1),
  '=': zoomed(-1),
  '-': zoomed(1),
  PageUp: moved(-1),
  PageDown: moved(1),
  Escape: (_, stretch) => ({ at: null, of: null, day: stretch.day }),
}

/** Whether the key meant something. */
export const keysOf =
  ({ set, stretchIn }: View) =>
  (key: string): boolean => {
    const change = KEYS[key]
    if (change) void set((given) => change(given, stretchIn(given)))
    return change !== undefined
  }
