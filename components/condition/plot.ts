/**
 * Where the values of a condition stand in its chart. Pure.
 *
 * Promise: a check that failed breaks the line, it does not draw it through; what is too much to be drawn keeps its
 * highest and lowest.
 */
import type { ConditionSample } from '#lib/contract/condition-trigger.ts'

export const WIDTH = 720
export const HEIGHT = 200
const PAD = 8
const MOST_POINTS = 360

interface Point {
  x: number
  y: number
}
export interface Plot {
  /** Of each stretch without a failure its points, as a path. */
  paths: string[]
  /** Where a check failed. */
  failures: number[]
  /** Where it became true. */
  crossings: Point[]
  lines: { y: number; kind: 'line' | 'clear' }[]
  /** Of the values. */
  low: number
  high: number
}

const heightOf = (it: ConditionSample): number | null => {
  if (it.error !== null || it.value === null) return null
  if (typeof it.value === 'number') return it.value
  // Of what is no number there is only whether it holds.
  return it.state === 'true' ? 1 : it.state === 'pending' ? 0.5 : 0
}

export interface Span {
  from: number
  to: number
}
export const xOf = ({ from, to }: Span, at: number): number =>
  to === from ? WIDTH / 2 : PAD + ((at - from) / (to - from)) * (WIDTH - 2 * PAD)

/** From the lowest to the highest of all that is to be seen. */
function scaleOf(values: readonly number[]) {
  const [low, high] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1]
  const yOf = (value: number) =>
    high === low ? HEIGHT / 2 : HEIGHT - PAD - ((value - low) / (high - low)) * (HEIGHT - 2 * PAD)
  return { low, high, yOf }
}

const becameTrue = (samples: readonly ConditionSample[], n: number): boolean =>
  n > 0 && samples[n]?.state === 'true' && samples[n - 1]?.state !== 'true'

/** `samples`: oldest first. */
export function plotOf(
  samples: readonly ConditionSample[],
  { line = null, clear = null }: { line?: number | null; clear?: number | null },
): Plot & Span {
  const at = samples.map((it) => Date.parse(it.at))
  const span = { from: at[0] ?? 0, to: at.at(-1) ?? 0 }
  const xs = at.map((it) => xOf(span, it))
  const heights = samples.map(heightOf)
  const { low, high, yOf } = scaleOf([...heights, line, clear].filter((it) => it !== null))
  const points = heights.map((it, n) => (it === null ? null : { x: xs[n] as number, y: yOf(it) }))
  const drawn = (value: number | null, kind: 'line' | 'clear') =>
    value === null ? [] : [{ y: yOf(value), kind }]
  return {
    ...span,
    ...{ low, high },
    paths: stretches(points).map(pathOf),
    crossings: points.flatMap((it, n) => (it && becameTrue(samples, n) ? [it] : [])),
    failures: xs.filter((_, n) => samples[n]?.error !== null),
    lines: [...drawn(line, 'line'), ...drawn(clear, 'clear')],
  }
}

function stretches(points: readonly (Point | null)[]): Point[][] {
  const all: Point[][] = [[]]
  for (const it of points) {
    if (it) all.at(-1)?.push(it)
    else if (all.at(-1)?.length) all.push([])
  }
  return all.filter((it) => it.length > 0).map(thinned)
}

/** Of each handful the lowest and the highest, in their order. */
function thinned(points: Point[]): Point[] {
  if (points.length <= MOST_POINTS) return points
  const size = Math.ceil((2 * points.length) / MOST_POINTS)
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, n) =>
    points.slice(n * size, (n + 1) * size),
  )
  return groups.flatMap((group) => {
    const [low, high] = [Math.min(...group.map((it) => it.y)), Math.max(...group.map((it) => it.y))]
    const ends = [group.find((it) => it.y === low), group.find((it) => it.y === high)] as [Point, Point]
    return ends[0] === ends[1] ? [ends[0]] : ends.sort((a, b) => a.x - b.x)
  })
}

const round = (n: number) => Math.round(n * 10) / 10
/** Stands at a value until the next is seen. One alone is a dot. */
function pathOf(points: Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]]
  const steps = rest.map((it) => `H${round(it.x)}V${round(it.y)}`)
  return `M${round(first.x)} ${round(first.y)}${steps.join('') || 'h0.01'}`
}
