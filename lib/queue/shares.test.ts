import { array, assert as check, integer, property as fact, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shares } from './shares.ts'

describe('shares', () => {
  const backlog = array(
    record({ queued: integer({ min: 0, max: 500 }), running: integer({ min: 0, max: 20 }) }),
    { maxLength: 12 },
  ).map((list) => list.map((it, i) => ({ ...it, workspaceId: i + 1, maxConcurrent: i % 3 === 0 ? 5 : null })))

  test('never above a limit, never idle while somebody waits and there is room', () => {
    check(
      fact(
        backlog,
        integer({ min: 1, max: 100 }),
        integer({ min: 1, max: 30 }),
        (waiting, total, perWorkspace) => {
          const dealt = new Map(
            shares(waiting, { total, perWorkspace, page: 50 }).map((it) => [it.workspaceId, it.take]),
          )
          const taken = [...dealt.values()].reduce((sum, n) => sum + n, 0)
          const room = Math.min(50, total - waiting.reduce((sum, it) => sum + it.running, 0))
          const mostOf = (it: (typeof waiting)[number]) =>
            Math.max(
              0,
              Math.min(it.queued, Math.min(it.maxConcurrent ?? perWorkspace, perWorkspace) - it.running),
            )
          const wanted = waiting.reduce((sum, it) => sum + mostOf(it), 0)
          return (
            waiting.every((it) => (dealt.get(it.workspaceId) ?? 0) <= mostOf(it)) &&
            taken === Math.max(0, Math.min(room, wanted))
          )
        },
      ),
    )
  })

  test('a workspace with ten thousand waiting leaves room for one with three', () => {
    const waiting = [
      { workspaceId: 1, queued: 10_000, running: 0, maxConcurrent: null },
      { workspaceId: 2, queued: 3, running: 0, maxConcurrent: null },
    ]
    expect(shares(waiting, { total: 10, perWorkspace: 10, page: 250 })).toEqual([
      { workspaceId: 1, take: 7 },
      { workspaceId: 2, take: 3 },
    ])
  })
})
