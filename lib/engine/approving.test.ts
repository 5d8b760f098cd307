/** Runs that ask people, on both databases: decided once, resumed once, expired by rule, given way to newer ones. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import type { GrantedCall } from '../agents/agent.ts'
import { hours, minutes } from '../clock.ts'
import { Approve } from '../contract/approval.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import type { Decider } from '../verbs/approvals.ts'
import { takeGrant } from '../verbs/granting.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const AS_ADA: Decider = { ...ADA, role: 'admin', mayApprove: true }
const BEN: Decider = { kind: 'person', id: 'ben', name: 'Ben', role: 'editor', mayApprove: true }
/** In process, so it costs little; `e2e/approvals.test.ts` kills real servers. */
const KILLS = 200

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  const asking = (it: World, change: Partial<NewTriggerInput> = {}, asks = ['1.1']) =>
    it.schedule({ cronExpression: '0 0 1 1 *', context: { does: 'ask', asks }, ...change })
  const run = (it: World, id: number) => it.triggers.runNow(it.workspaceId, id, {}, ADA)
  const waiting = (it: World, count: number) =>
    it.until(
      async () => (await it.history()).filter(({ status }) => status === 'waiting').length === count,
      `${count} waiting runs`,
    )
  const pending = async (it: World) =>
    (await it.approvals.list(it.workspaceId, { limit: 50, status: ['pending'] })).approvals
  const one = async (it: World, id: number) => it.executions.get(it.workspaceId, id)
  const problem = (status: number) =>
    expect.objectContaining({ problem: expect.objectContaining({ status }) })

  test('it waits with what it asks for, and goes on when that is decided, as the same attempt', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    const { id } = await run(it, trigger.id)
    await waiting(it, 1)
    expect(await one(it, id)).toMatchObject({
      status: 'waiting',
      waitingFor: 'Waits for approval.',
      tokensUsed: 5,
      tainted: true,
    })
    const [asked] = await pending(it)
    expect(asked).toMatchObject({
      kind: 'tool',
      executionId: id,
      triggerId: trigger.id,
      tool: 'http_request',
      effect: 'outside',
      arguments: { url: 'https://example.com/1.1' },
      argumentsHash: '1.1',
      summary: 'GET 1.1',
      why: 'rule',
      status: 'pending',
      requiredRole: 'editor',
      step: (await one(it, id)).steps.find(({ kind }) => kind === 'approval')?.n,
      expiresAt: '2026-03-02T08:00:00.000Z',
    })
    const done = await it.approvals.approve(it.workspaceId, asked?.id ?? 0, { note: 'fine' }, AS_ADA)
    expect(done).toMatchObject({
      status: 'approved',
      decidedBy: { name: 'Ada' },
      note: 'fine',
      decidedVia: 'web',
    })
    await it.settled(1)
    const ended = await one(it, id)
    expect(ended).toMatchObject({
      status: 'success',
      output: 'approved Ada fine null by attempt 1',
      tokensUsed: 12,
    })
    expect(ended.steps.map(({ kind, text }) => [kind, text])).toEqual([
      ['step', 'begins to ask'],
      ['approval', 'asks for 1.1'],
      ['wait', 'Waits for approval.'],
      ['approval', 'Approved by Ada: GET 1.1 (“fine”)'],
      ['step', 'begins to ask'],
    ])
    const events = (await it.events()).filter((event) => event.type.startsWith('approval:'))
    expect(events.map((event) => [event.type, event.approvalId, event.executionId])).toEqual([
      ['approval:requested', asked?.id, id],
      ['approval:decided', asked?.id, id],
    ])
    const seqs = (await it.events()).map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, n) => (seqs[0] ?? 0) + n))
    expect(await it.feed()).toMatchObject([{ executionId: id, text: ended.output }])
  })

  test('whoever comes second hears who decided what, however close they are', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    await run(it, trigger.id)
    await waiting(it, 1)
    const [asked] = await pending(it)
    const answers = await Promise.allSettled([
      it.approvals.approve(it.workspaceId, asked?.id ?? 0, {}, AS_ADA),
      it.approvals.reject(it.workspaceId, asked?.id ?? 0, { note: 'no' }, BEN),
    ])
    const [refused] = answers.filter((answer) => answer.status === 'rejected')
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(String(refused?.reason)).toMatch(/(Ada approved|Ben rejected) this at 2026-03-01T08:00:00.000Z/)
    expect(refused?.reason).toEqual(problem(409))
    await it.settled(1)
    const steps = (await one(it, asked?.executionId ?? 0)).steps
    expect(steps.filter(({ text }) => / by (Ada|Ben)/.test(text))).toHaveLength(1)
  })

  test('several are decided one by one, edited or answered, and it goes on after the last', async () => {
    const it = await on.begin()
    const trigger = await asking(it, {}, ['1.1', '?1.2', '1.3'])
    await run(it, trigger.id)
    await waiting(it, 1)
    const all = await pending(it)
    const idOf = (place: string) => all.find((a) => a.argumentsHash === place)?.id ?? 0
    const edited = { url: 'https://example.com/other', method: 'POST' }
    await expect(
      it.approvals.approve(it.workspaceId, idOf('1.1'), { arguments: { url: 'nowhere' } }, AS_ADA),
    ).rejects.toThrow('arguments.url')
    const first = await it.approvals.approve(it.workspaceId, idOf('1.1'), { arguments: edited }, AS_ADA)
    expect(first).toMatchObject({ arguments: { url: 'https://example.com/1.1' }, editedArguments: edited })
    expect(first.editedHash).not.toBe(first.argumentsHash)
    await expect(it.approvals.approve(it.workspaceId, idOf('?1.2'), {}, AS_ADA)).rejects.toThrow('answer')
    await expect(
      it.approvals.approve(it.workspaceId, idOf('?1.2'), { answer: 'green' }, AS_ADA),
    ).rejects.toThrow('red, blue')
    await it.approvals.approve(it.workspaceId, idOf('?1.2'), { answer: 'blue' }, BEN)
    expect((await it.history())[0]?.status).toBe('waiting')
    await it.approvals.reject(it.workspaceId, idOf('1.3'), { note: 'never' }, BEN)
    await it.settled(1)
    expect((await it.history())[0]?.output).toBe(
      `approved Ada  ${JSON.stringify(edited)}; approved Ben  "blue"; rejected Ben never null by attempt 1`,
    )
  })

  test.each([
    ['fail', 'failed', 'approval_expired'],
    ['reject', 'success', null],
  ] as const)('undecided in time, by the rule "%s" it ends as %s', async (onExpiry, status, reasonCode) => {
    const it = await on.begin()
    const trigger = await asking(it, { approvals: { onExpiry, expireAfterSeconds: 600 } })
    await run(it, trigger.id)
    await waiting(it, 1)
    const [asked] = await pending(it)
    it.clock.advance(minutes(10))
    await expect(it.approvals.approve(it.workspaceId, asked?.id ?? 0, {}, AS_ADA)).rejects.toEqual(
      problem(410),
    )
    await it.passes(0)
    await it.settled(1)
    expect((await it.history())[0]).toMatchObject({ status, reasonCode })
    const [now] = (await it.approvals.list(it.workspaceId, { limit: 50 })).approvals
    expect(now).toMatchObject({ status: 'expired', decidedBy: null })
    await expect(it.approvals.reject(it.workspaceId, asked?.id ?? 0, {}, AS_ADA)).rejects.toEqual(
      problem(410),
    )
    const told = (await it.events()).filter(({ type }) => type === 'approval:expired')
    expect(told).toMatchObject([{ approvalId: asked?.id }])
    expect((await it.trigger(trigger.id)).consecutiveFailures).toBe(0)
  })

  test('a newer run that asks for the same takes the place of the older one', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    const older = await run(it, trigger.id)
    await waiting(it, 1)
    const other = await asking(it)
    await run(it, other.id)
    await waiting(it, 2)
    const newer = await run(it, trigger.id)
    await it.until(
      async () => (await pending(it)).length === 3 || (await one(it, older.id)).status !== 'waiting',
    )
    await it.passes(0)
    expect(await one(it, older.id)).toMatchObject({
      status: 'cancelled',
      reasonCode: 'superseded',
      reason: `Cancelled: run #${newer.id} asks for the same, which is newer.`,
      tokensUsed: 5,
    })
    const all = (await it.approvals.list(it.workspaceId, { limit: 50 })).approvals
    expect(all.map((a) => [a.triggerId, a.status])).toEqual([
      [trigger.id, 'pending'],
      [other.id, 'pending'],
      [trigger.id, 'superseded'],
    ])
  })

  test('a run that is cancelled asks no more; its trigger is free meanwhile unless it holds its slot', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    const first = await run(it, trigger.id)
    await waiting(it, 1)
    await it.executions.cancel(it.workspaceId, first.id, ADA)
    const [asked] = (await it.approvals.list(it.workspaceId, { limit: 50 })).approvals
    expect(asked).toMatchObject({ status: 'cancelled' })
    await expect(it.approvals.approve(it.workspaceId, asked?.id ?? 0, {}, AS_ADA)).rejects.toEqual(
      problem(409),
    )
    const holding = await asking(it, { overlap: 'skip', approvals: { holdSlot: true } })
    await run(it, holding.id)
    await waiting(it, 1)
    await run(it, holding.id)
    await it.settled(2)
    expect((await it.history(holding.id)).map((e) => [e.status, e.reasonCode])).toEqual([
      ['waiting', null],
      ['skipped', 'overlap'],
    ])
  })

  test('who may decide: the role, the key made for it, and another than its authors', async () => {
    const it = await on.begin()
    await on.store.atomically([
      raw(sql`delete from "user"`),
      ...['ada', 'ben'].map((id) =>
        raw(sql`insert into "user" (id, name, email, email_verified, installation_admin, disabled, created_at, updated_at)
          values (${sql.raw(`'${id}'`)}, 'x', ${sql.raw(`'${id}@x'`)}, true, false, false, 0, 0)`),
      ),
    ])
    const trigger = await asking(it, { approvals: { role: 'admin', requireOther: true } })
    await run(it, trigger.id)
    await waiting(it, 1)
    const [asked] = await pending(it)
    const tries = (by: Decider) => it.approvals.approve(it.workspaceId, asked?.id ?? 0, {}, by)
    await expect(tries(BEN)).rejects.toThrow('This takes the role "admin"')
    await expect(tries(AS_ADA)).rejects.toThrow('Somebody else decides this')
    const key: Decider = { kind: 'key', id: 'key:1', name: 'script', role: 'admin', mayApprove: false }
    await expect(tries(key)).rejects.toThrow('mayApprove')
    expect((await tries({ ...BEN, role: 'admin' })).status).toBe('approved')
    await it.settled(1)
  })

  test('what is remembered is counted, dated and of just this call', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    await run(it, trigger.id)
    await waiting(it, 1)
    const [asked] = await pending(it)
    const until = '2026-03-02T08:00:00Z'
    await expect(
      it.approvals.approve(
        it.workspaceId,
        asked?.id ?? 0,
        { remember: { scope: 'exact', until: '2027-03-02T08:00:00Z' } },
        AS_ADA,
      ),
    ).rejects.toThrow('90 days')
    const remember = { scope: 'exact', maxUses: 2, until } as const
    await it.approvals.approve(it.workspaceId, asked?.id ?? 0, { remember }, AS_ADA)
    const grants = async () => (await it.approvals.grants(it.workspaceId, { limit: 50 })).grants
    expect(await grants()).toMatchObject([{ tool: 'http_request', usesLeft: 2, createdBy: { name: 'Ada' } }])
    const use = (tool: string, argumentsHash: string) =>
      taking(it, trigger.id)({ tool, argumentsHash, arguments: {} })
    expect(await use('http_request', 'other')).toBeNull()
    expect(await use('http_request', '1.1')).toMatchObject({ by: 'Ada' })
    expect(await grants()).toMatchObject([{ uses: 1, usesLeft: 1 }])
    expect(await use('http_request', '1.1')).not.toBeNull()
    expect(await use('http_request', '1.1')).toBeNull()
    expect(await grants()).toEqual([])
    await it.settled(1)
  })

  /** Has calls like the first one remembered, as the run of a trigger that asks for it has it. */
  async function remembering(it: World, triggerId: number, remember: object, by: Decider = AS_ADA) {
    await run(it, triggerId)
    await waiting(it, 1)
    const [asked] = await pending(it)
    const body = Approve.parse({ remember: { scope: 'filter', ...remember } })
    try {
      return await it.approvals.approve(it.workspaceId, asked?.id ?? 0, body, by)
    } finally {
      if ((await pending(it)).length > 0)
        await it.approvals.reject(it.workspaceId, asked?.id ?? 0, {}, AS_ADA)
      await it.until(async () => (await it.history()).every(({ completedAt }) => completedAt !== null))
    }
  }
  const taking =
    (it: World, triggerId: number) =>
    (call: Partial<GrantedCall>): Promise<{ id: number; by: string } | null> =>
      takeGrant(
        { store: on.store, clock: it.clock },
        { workspaceId: it.workspaceId, triggerId },
        {
          ...{ tool: 'http_request', arguments: { url: 'https://example.com/9' }, argumentsHash: '9' },
          ...{ exactly: false, ...call },
        },
      )
  const HERE = { path: 'arguments.url', op: 'starts_with', value: 'https://example.com/' }

  test('what is remembered by a filter holds for what it lets through, of that schedule and tool, so often', async () => {
    const it = await on.begin()
    const [trigger, other] = [await asking(it), await asking(it)]
    const take = taking(it, trigger.id)
    await remembering(it, trigger.id, { filter: HERE, maxUses: 3 })
    const [grant] = (await it.approvals.grants(it.workspaceId, { limit: 50 })).grants
    expect(grant).toMatchObject({ scope: 'filter', filter: HERE, argumentsHash: '', usesLeft: 3 })
    expect(await take({ arguments: { url: 'https://example.org/' } })).toBeNull()
    expect(await take({ arguments: 'https://example.com/' })).toBeNull()
    expect(await take({ tool: 'read_page' })).toBeNull()
    expect(await take({ exactly: true })).toBeNull()
    expect(await take({ argumentsHash: '', exactly: true })).toBeNull()
    expect(await taking(it, other.id)({})).toBeNull()
    // Of calls that are made at once no more are let through than were given.
    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => take({})))
    expect(taken.filter(Boolean)).toEqual(
      Array(3).fill(expect.objectContaining({ id: grant?.id, by: 'Ada' })),
    )
    expect((await it.approvals.grants(it.workspaceId, { limit: 50 })).grants).toEqual([])
  })

  test('of several that hold it is the exact one that is used, then the oldest; forgotten ones and old ones are not', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    const take = async (call: Partial<GrantedCall> = {}) => (await taking(it, trigger.id)(call))?.id
    const until = '2026-03-01T09:00:00Z'
    await remembering(it, trigger.id, { filter: HERE, maxUses: 2 })
    await remembering(it, trigger.id, { filter: { all: [HERE] }, until })
    await remembering(it, trigger.id, { scope: 'exact', maxUses: 1 })
    const ids = (await it.approvals.grants(it.workspaceId, { limit: 50 })).grants
      .map(({ id }) => id)
      .reverse()
    expect(await take({ argumentsHash: '1.1' })).toBe(ids[2])
    expect([await take({ argumentsHash: '1.1' }), await take(), await take()]).toEqual([
      ids[0],
      ids[0],
      ids[1],
    ])
    it.clock.advance(hours(1))
    expect(await take()).toBeUndefined()
    // What nobody could have written through the API lets nothing through.
    await remembering(it, trigger.id, { filter: HERE })
    expect(await take()).toBeDefined()
    await on.store.atomically([
      raw(sql`update approval_grants set filter = 'x' where until > ${it.clock.now().getTime()}`),
    ])
    expect(await take()).toBeUndefined()
  })

  test('a filter must hold for the call that is approved, be about calls, and be given by whoever may allow them', async () => {
    const it = await on.begin()
    const trigger = await asking(it)
    const tries = (filter: object, by?: Decider) => remembering(it, trigger.id, { filter }, by)
    await expect(tries({ all: [HERE, { ...HERE, op: 'equals' }] })).rejects.toThrow(
      'does not hold for the call that is approved: arguments.url is "https://example.com/", but it is "https://example.com/1.1"',
    )
    await expect(tries({ not: HERE })).rejects.toThrow(
      'not (arguments.url begins with "https://example.com/"), but',
    )
    await expect(tries({ path: 'arguments.body', op: 'not_equals', value: 1 })).rejects.toThrow(
      'arguments.body is there but is not 1, but it is not there',
    )
    await expect(tries({ path: 'url', op: 'exists', value: true })).rejects.toThrow(
      'begin with arguments or tool',
    )
    await expect(tries({ ...HERE, op: 'matches', value: '(a)\\1' })).rejects.toThrow('remember.filter.value')
    await expect(tries(HERE, BEN)).rejects.toEqual(problem(403))
    for (let n = 0; n < 20; n++) await tries(HERE)
    await expect(tries(HERE)).rejects.toThrow('20 filters')
  })

  test(`killed between the decision and the resumption, ${KILLS} times, it is resumed exactly once`, async () => {
    let it = await on.begin()
    const trigger = await asking(it, { agentId: 'safe-agent' })
    for (let n = 1; n <= KILLS; n++) {
      const { id } = await run(it, trigger.id)
      await waiting(it, 1)
      const [asked] = await pending(it)
      // The server dies with the decision under way, at once after it, or while the run goes on.
      const deciding = it.approvals.approve(it.workspaceId, asked?.id ?? 0, {}, AS_ADA)
      for (let turns = n % 12; turns > 0; turns--) await new Promise<void>((resolve) => setImmediate(resolve))
      if (n % 3 === 0) await deciding
      on.kill(it)
      deciding.catch(() => {})
      it = await on.again(it)
      await it.start()
      await it.passes(hours(0))
      const left = await pending(it)
      // What the dead server had under way may still arrive: then this one is the second.
      if (left.length > 0)
        await it.approvals.approve(it.workspaceId, left[0]?.id ?? 0, {}, AS_ADA).catch((error) => {
          expect(error).toEqual(problem(409))
        })
      await it.until(async () => {
        // A claim, or a decision, of the dead server may have been under way when this one looked.
        await it.engine.recover()
        it.engine.lookAtQueue()
        return (await one(it, id)).completedAt !== null
      })
      const ended = await one(it, id)
      expect([n, ended.status]).toEqual([n, 'success'])
      expect([n, ended.steps.filter(({ text }) => text.startsWith('Approved by'))]).toEqual([
        n,
        [expect.anything()],
      ])
    }
  }, 240_000)
})
