/** Skills and their files, on both databases. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Opened, stores } from '../testing/stores.ts'
import { since } from './events.ts'
import * as skills from './skills.ts'

const NOW = new Date('2026-03-01T08:00:00Z')
const ACCEPTED = { setup: '{"KEY":"sealed:v1:x"}', grants: '{"network":["example.com"]}', by: 'ada' }

describe.each(stores)('on $name', ({ open }) => {
  let it: Opened
  let workspaceId: number
  let other: number
  beforeAll(async () => {
    it = await open()
    const rows = await it.store.q
      .insert(it.store.t.workspaces)
      .values(['demo', 'other'].map((slug) => ({ name: slug, slug, createdAt: 0 })))
      .returning()
    workspaceId = rows[0]?.id as number
    other = rows[1]?.id as number
  })
  afterAll(() => it.close())

  const files = (sha256: string, change: Partial<skills.Brought> = {}): skills.Brought => ({
    ...{ hubId: 'weather', format: 'anythingllm', source: 'upload', sha256, bytes: 10 },
    ...{ manifest: '{}', packed: Buffer.from(`files ${sha256}`), by: 'ada', ...change },
  })
  const bring = async (brought: skills.Brought, where = workspaceId, most = 200) =>
    skills.bring(it.store, where, brought, { now: NOW, most })
  const told = async (where = workspaceId) =>
    (await since(it.store, where, 0, 100)).events
      .filter(({ type }) => type === 'skill:status')
      .map(({ skillId, status }) => [skillId, status])

  test('it comes under review, is accepted as it was read, and other files put it under review again', async () => {
    const made = await bring(files('one'))
    const skill = made?.skill as skills.SkillRow
    expect([made?.isNews, skill.status, skill.version]).toEqual([true, 'review', 1])
    expect((await skills.packed(it.store, skill))?.toString()).toBe('files one')
    expect(await skills.accept(it.store, skill, ACCEPTED, NOW)).toBe(true)
    const now = await skills.get(it.store, workspaceId, skill.id)
    expect(now).toMatchObject({ status: 'accepted', acceptedSha256: 'one', ...{ setup: ACCEPTED.setup } })

    expect((await bring(files('one')))?.isNews).toBe(false)
    const again = await bring(files('two'))
    expect(again).toMatchObject({
      isNews: true,
      skill: { id: skill.id, status: 'review', version: 2, acceptedSha256: 'one', setup: ACCEPTED.setup },
    })
    expect(await skills.packed(it.store, skill)).toBeNull()
    expect((await skills.packed(it.store, again?.skill as skills.SkillRow))?.toString()).toBe('files two')
    expect(await skills.accept(it.store, now as skills.SkillRow, ACCEPTED, NOW)).toBe(false)
    expect(await told()).toEqual([
      [skill.id, 'review'],
      [skill.id, 'accepted'],
      [skill.id, 'review'],
    ])
  })

  test('of one name there is one, brought by two at once too; another workspace has its own', async () => {
    const both = await Promise.all(
      [it.store, it.second].map((store) =>
        skills.bring(store, workspaceId, files('same', { hubId: 'twice' }), { now: NOW, most: 200 }),
      ),
    )
    expect(both.map((one) => one?.isNews).toSorted()).toEqual([false, true])
    expect(both[0]?.skill.id).toBe(both[1]?.skill.id)
    const theirs = await bring(files('same', { hubId: 'twice' }), other)
    expect(theirs?.isNews).toBe(true)
    expect(await skills.get(it.store, workspaceId, theirs?.skill.id as number)).toBeNull()
  })

  test('a folder takes the place of a folder, and not of what was uploaded', async () => {
    const folder = (sha256: string) => files(sha256, { hubId: 'found', source: 'folder', by: null })
    expect(await bring(folder('a'))).toMatchObject({ isNews: true, skill: { source: 'folder' } })
    expect(await bring(folder('b'))).toMatchObject({ isNews: true, skill: { version: 2 } })
    expect(await bring(files('c', { hubId: 'found' }))).toMatchObject({ skill: { source: 'upload' } })
    expect(await bring(folder('d'))).toMatchObject({ isNews: false, skill: { sha256: 'c' } })
    const left = (await skills.called(it.store, workspaceId, 'found')) as skills.SkillRow
    expect((await skills.packed(it.store, left))?.toString()).toBe('files c')
  })

  test('a workspace has at most so many, and those that it has are brought anew all the same', async () => {
    expect((await bring(files('a', { hubId: 'first' }), other, 2))?.isNews).toBe(true)
    expect(await bring(files('a', { hubId: 'third' }), other, 2)).toBeNull()
    expect((await bring(files('b', { hubId: 'first' }), other, 2))?.isNews).toBe(true)
  })

  test('large files are kept byte for byte, and go with it', async () => {
    const packed = randomBytes(2_000_000)
    const { skill } = (await bring(files('large', { hubId: 'large', packed }))) as { skill: skills.SkillRow }
    expect(await skills.packed(it.store, skill)).toEqual(packed)
    expect(await skills.remove(it.store, other, skill.id, NOW)).toBe(false)
    expect(await skills.remove(it.store, workspaceId, skill.id, NOW)).toBe(true)
    expect(await skills.packed(it.store, skill)).toBeNull()
    expect((await told()).at(-1)).toEqual([skill.id, 'removed'])
  })
})
