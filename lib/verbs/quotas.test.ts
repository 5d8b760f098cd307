/** What a workspace may keep, on both databases. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import type { World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { createFullness, requireRoom } from './quotas.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World

  test('the schedule and the document that would be too many are refused, with the remedy', async () => {
    it = await on.open()
    const { id } = await it.schedule()
    const more = raw(sql`insert into triggers (workspace_id, name, agent_id, kind, created_at, updated_at)
      select workspace_id, 'one of many', 'test-agent', 'interval', 0, 0 from triggers, (
        with recursive s(n) as (select 1 union all select n + 1 from s where n < 9999) select n from s) numbers
      where id = ${sql.raw(String(id))}`)
    await on.store.atomically([more])
    const full = { problem: { status: 422 } }
    await expect(it.schedule()).rejects.toMatchObject(full)
    expect(await createFullness({ store: on.store, clock: it.clock })()).toEqual([
      'A workspace has 10,000 schedules; it may keep 10,000 schedules.',
    ])
    await expect(it.schedule()).rejects.toThrow('may keep 10,000 schedules, and has them. Delete some')
    await it.triggers.remove(it.workspaceId, id, { kind: 'person', id: 'ada', name: 'Ada' })
    await it.schedule()
    const big = { documents: 1, documentBytes: 600 * 1024 ** 2 }
    await expect(requireRoom(on.store, it.workspaceId, big)).rejects.toThrow('512 MB of documents')
  })
})
