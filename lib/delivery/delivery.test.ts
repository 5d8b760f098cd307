/** What happens is told elsewhere, on both databases, with a real receiver. */
import { eq } from 'drizzle-orm'
import { following } from '#db/queries/facts.ts'
import { factsIn } from '../engine/facts.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as budgets from '#db/queries/budgets.ts'
import * as channels from '#db/queries/channels.ts'

import { prune } from '#db/queries/upkeep.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes, seconds } from '../clock.ts'
import { NewBudget } from '../contract/budget.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'
import { receiver, type Receiver } from './testing/receiver.ts'
import { telling } from './testing/telling.ts'

let peer: Receiver
beforeAll(async () => {
  peer = await receiver()
})
beforeEach(() => {
  peer.taken.length = 0
  peer.answers.length = 0
})
afterAll(() => peer.close())

const SECRET = `whsec_${Buffer.from('a key of some bytes').toString('base64')}`
const titles = () => peer.taken.map((it) => (JSON.parse(it.body) as { data: { title: string } }).data.title)

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  const tellings: ReturnType<typeof telling>[] = []
  afterEach(async () => {
    for (const tell of tellings.splice(0)) await tell.deliveries.stop()
  })
  async function begin(change: Parameters<ReturnType<typeof telling>['channel']>[2] = {}) {
    const it = await on.begin({ shared: true })
    const tell = telling(it)
    tellings.push(tell)
    const channelId = await tell.channel('webhook', { url: `${peer.origin}/hook`, secret: SECRET }, change)
    return { it, tell, channelId }
  }
  async function runs(it: World, id: number, context: object) {
    const ended = (await it.history(id)).length
    await it.triggers.runNow(it.workspaceId, id, { context: { ...context } }, ADA)
    await it.settled(ended + 1, id)
  }
  const quiet = { cronExpression: '0 0 1 1 *', disableAfterFailures: 1000 }

  test('of five failures of one cause there is one message, and one when it works again', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure', 'recovery'])
    const { id } = await it.schedule(quiet)
    for (let n = 0; n < 5; n++) await runs(it, id, { does: 'fail', text: `Row ${n} is broken` })
    await tell.deliveries.look()
    expect(titles()).toEqual(['Morning failed'])
    expect(await tell.incidents('open')).toMatchObject([{ triggerId: id, count: 5, closedAt: null }])
    await runs(it, id, {})
    await runs(it, id, {})
    await tell.deliveries.look()
    expect(titles()).toEqual(['Morning failed', 'Morning works again'])
    expect(await tell.incidents('open')).toEqual([])
    expect((await tell.log()).map((one) => one.status)).toEqual([
      'sent',
      ...Array(4).fill('suppressed'),
      'sent',
    ])
    const types = (await it.events()).map((one) => one.type).filter((one) => one.startsWith('incident'))
    expect(types).toEqual(['incident:opened', 'incident:closed'])
  })

  test('an execution says whether people were told of it', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure'])
    const { id } = await it.schedule(quiet)
    await runs(it, id, { does: 'fail' })
    const state = async () => (await it.history(id)).map((one) => one.deliveryStatus)
    expect(await state()).toEqual(['pending'])
    await tell.deliveries.look()
    expect(await state()).toEqual(['sent'])
    await runs(it, id, {})
    expect(await state()).toEqual(['sent', 'none'])
  })

  test('what was not staged, and nobody asked for in the chat, is told: staged runs are not', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure', 'success'])
    const { id } = await it.schedule(quiet)
    await it.triggers.runNow(it.workspaceId, id, { staged: true, context: { does: 'fail' } }, ADA)
    await it.settled(1, id)
    expect(await tell.log()).toEqual([])
    expect(await tell.incidents()).toEqual([])
  })

  test('what was missed, skipped or switched off is told to who wants it', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['missed', 'skipped', 'disabled'])
    const { id } = await it.schedule({
      cronExpression: '*/10 * * * *',
      misfire: 'skip',
      disableAfterFailures: 1,
    })
    await it.at('2026-03-01T10:05:00Z')
    await it.until(async () => (await tell.log()).length > 0, 'a delivery')
    await runs(it, id, { does: 'fail' })
    await it.until(async () => (await it.trigger(id)).enabled === false, 'it to be switched off')
    await tell.deliveries.look()
    expect((await tell.log()).map((one) => [one.event, one.status])).toEqual([
      ['missed', 'sent'],
      ['disabled', 'sent'],
    ])
    expect(titles()[0]).toMatch(/^Morning missed \d+ runs$/)
  })

  test('who acknowledges an incident hears no more of it, until the next', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure', 'recovery'], { repeat: 'every' })
    const { id } = await it.schedule(quiet)
    await runs(it, id, { does: 'fail' })
    await runs(it, id, { does: 'fail' })
    const [incident] = await tell.incidents()
    await tell.acknowledge(incident?.id as number)
    await runs(it, id, { does: 'fail' })
    await tell.deliveries.look()
    // The judge sees it as it is acknowledged by then: all that was not said before is not said after.
    expect(titles()).toEqual([])
    await runs(it, id, {})
    await runs(it, id, { does: 'fail' })
    await tell.deliveries.look()
    expect(titles()).toEqual(['Morning failed'])
  })

  test('a flapping schedule is one incident, where its recovery takes two successes', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure', 'recovery'], { recoverAfter: 2 })
    const { id } = await it.schedule(quiet)
    for (let n = 0; n < 3; n++) {
      await runs(it, id, { does: 'fail' })
      await runs(it, id, {})
    }
    await runs(it, id, {})
    await tell.deliveries.look()
    expect(titles()).toEqual(['Morning failed', 'Morning works again'])
  })

  test('a receiver that is away is tried again, for six times in all', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure'])
    const { id } = await it.schedule(quiet)
    peer.answers.push(...Array.from({ length: 6 }, () => ({ status: 503, body: 'down' })))
    await runs(it, id, { does: 'fail' })
    for (const ms of [0, 30, 120, 600, 3_600, 21_600, 100_000].map(seconds)) {
      it.clock.advance(ms)
      await tell.deliveries.look()
    }
    const [log] = await tell.log()
    expect(log).toMatchObject({ status: 'failed', nextAttemptAt: null })
    expect(log?.attempts).toHaveLength(6)
    expect(new Set(peer.taken.map((one) => one.headers['webhook-id'])).size).toBe(1)
    expect((await it.events()).map((one) => one.type)).toContain('delivery:failed')
    const facts = (await following(it.store, it.workspaceId, { after: 0, limit: 500 })).flatMap(factsIn)
    expect(facts.filter((one) => one.type === 'delivery.failed')).toMatchObject([
      {
        data: { deliveryId: log?.id, channelId, triggerId: id, reason: expect.any(String) },
        chain: { causeId: log?.executionId, depth: 1 },
      },
    ])
    // Nobody heard of it: the next failure is told.
    await runs(it, id, { does: 'fail' })
    await tell.deliveries.look()
    expect((await tell.log()).map((one) => one.status)).toEqual(['failed', 'sent'])
  })

  test('what cannot be read just now has not left, and is tried again; what such a channel cannot be ends it', async () => {
    const { it, tell } = await begin()
    const slack = await tell.channel('slack', { url: `${peer.origin}/slack` })
    const spoilt = await tell.channel('discord', { address: 'elsewhere' })
    for (const one of [slack, spoilt]) await tell.rule(one, ['success'])
    const { id } = await it.schedule(quiet)
    tell.failToOpen(new Error('The database is away.'))
    await runs(it, id, {})
    await tell.deliveries.look()
    const statuses = async () => (await tell.log()).map((one) => [one.channelName, one.status])
    expect(await statuses()).toEqual([
      ['slack', 'pending'],
      ['discord', 'pending'],
    ])
    tell.failToOpen(null)
    it.clock.advance(seconds(30))
    await tell.deliveries.look()
    expect(await statuses()).toEqual([
      ['slack', 'sent'],
      ['discord', 'failed'],
    ])
  })

  test('what nobody knows to have arrived, or was not sent at all, is told at the next failure', async () => {
    const { it, tell } = await begin()
    const slack = await tell.channel('slack', { url: `${peer.origin}/slack` })
    await tell.rule(slack, ['failure'])
    const { id } = await it.schedule(quiet)
    const enable = (enabled: boolean) =>
      channels.change(
        on.store,
        { id: slack, workspaceId: it.workspaceId, userId: null },
        { enabled },
        it.clock.now(),
      )
    peer.answers.push('cut', { status: 503 })
    for (let n = 0; n < 2; n++) {
      await runs(it, id, { does: 'fail' })
      await tell.deliveries.look()
    }
    await enable(false)
    it.clock.advance(seconds(30))
    await tell.deliveries.look()
    await enable(true)
    await runs(it, id, { does: 'fail' })
    await tell.deliveries.look()
    expect((await tell.log()).map((one) => one.status)).toEqual(['unknown', 'suppressed', 'sent'])
  })

  test('a refusal ends it, a 410 ends the channel, and Retry-After is waited for', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['success'])
    const { id } = await it.schedule(quiet)
    peer.answers.push({ status: 404 }, { status: 429, headers: { 'retry-after': '300' } }, { status: 410 })
    for (let n = 0; n < 4; n++) {
      await runs(it, id, {})
      await tell.deliveries.look()
    }
    const log = await tell.log()
    expect(log.map((one) => one.status)).toEqual(['failed', 'pending', 'failed', 'suppressed'])
    expect(log[1]?.nextAttemptAt).toBe(new Date(it.clock.now().getTime() + minutes(5)).toISOString())
    expect(log[3]?.reason).toMatch(/gone/)
    it.clock.advance(minutes(5))
    await tell.deliveries.look()
    expect((await tell.log())[1]).toMatchObject({ status: 'suppressed' })
  })

  test('what is held in the night goes as one message in the morning, and more than so many an hour do too', async () => {
    const { it, tell, channelId } = await begin({
      quietHours: JSON.stringify({ from: '07:00', to: '09:00', timezone: 'UTC' }),
    })
    const busy = await tell.channel('ntfy', { server: peer.origin, topic: 'busy' }, { maxPerHour: 1 })
    await tell.rule(channelId, ['success'])
    const { id } = await it.schedule(quiet)
    for (let n = 0; n < 13; n++) await runs(it, id, {})
    await tell.deliveries.look()
    expect(peer.taken).toEqual([])
    expect((await tell.log()).every((one) => one.status === 'held')).toBe(true)
    await it.at('2026-03-01T09:00:00Z')
    await tell.deliveries.look()
    expect(titles()).toEqual(['13 messages'])
    expect(peer.taken[0]?.body).toContain('and 3 more')
    const log = await tell.log()
    expect(log.every((one) => one.status === 'sent')).toBe(true)
    expect(log.filter((one) => one.foldedInto === log[0]?.id)).toHaveLength(12)

    await tell.rule(busy, ['failure'], { repeat: 'every' })
    for (let n = 0; n < 4; n++) await runs(it, id, { does: 'fail' })
    await tell.deliveries.look()
    it.clock.advance(minutes(60))
    await tell.deliveries.look()
    const told = peer.taken.slice(1).map((one) => (JSON.parse(one.body) as { title: string }).title)
    expect(told).toEqual(['Morning failed', '3 messages, 3 of failures'])
  })

  test('what is asked of people, and a budget that is nearly used, is told with its words', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['approval', 'budget'])
    const { id } = await it.schedule(quiet)
    await it.triggers.runNow(it.workspaceId, id, { context: { does: 'ask' } }, ADA)
    await it.until(async () => (await tell.log()).length === 1, 'what is owed')
    const budget = NewBudget.parse({ scope: 'workspace', period: 'day', tokens: 1_000 })
    await budgets.replace(on.store, it.workspaceId, [budget], it.clock.now())
    const [kept] = await budgets.list(on.store, it.workspaceId)
    const news = { ...about(it, id), type: 'budget:warning', budgetId: kept?.id as number } as const
    for (let n = 0; n < 2; n++)
      await budgets.tellOnce(on.store, { ...news, period: it.clock.now(), kind: 'warning' }, it.clock.now())
    await tell.deliveries.look()
    expect(titles()).toEqual(['Morning waits for a decision', 'A budget is nearly or wholly used'])
    expect(peer.taken[1]?.body).toContain('"text":"80 % is used"')
    await budgets.replace(on.store, it.workspaceId, [], it.clock.now())
  })
  const about = (it: World, triggerId: number) => ({
    workspaceId: it.workspaceId,
    triggerId,
    text: '**80 %** is used',
  })

  test('what plain SQL has spoilt of a channel holds nothing back', async () => {
    const { it, tell, channelId } = await begin({ quietHours: 'at night' })
    await tell.rule(channelId, ['success'])
    const { id } = await it.schedule(quiet)
    await runs(it, id, {})
    await tell.deliveries.look()
    expect(titles()).toEqual(['Morning'])
  })

  test('deliveries and what is over are kept for a while, what is still to be sent is not cleared', async () => {
    const { it, tell, channelId } = await begin()
    await tell.rule(channelId, ['failure', 'recovery'])
    const { id } = await it.schedule(quiet)
    await runs(it, id, { does: 'fail' })
    await runs(it, id, {})
    await tell.deliveries.look()
    await runs(it, id, { does: 'fail' })
    const later = new Date(it.clock.now().getTime() + 1)
    const before = {
      eventsBefore: new Date(0),
      answersBefore: new Date(0),
      evaluationsBefore: new Date(0),
      deliveriesBefore: later,
    }
    await prune(on.store, before)
    expect((await tell.log()).map((one) => one.status)).toEqual(['pending'])
    expect((await tell.incidents()).map((one) => one.closedAt)).toEqual([null])
  })

  test('a receiver that hangs keeps no other channel waiting, and no run', async () => {
    const { it, tell, channelId } = await begin()
    const quick = await receiver()
    const other = await tell.channel('ntfy', { server: quick.origin, topic: 'other' })
    for (const id of [channelId, other]) await tell.rule(id, ['success'])
    const { id } = await it.schedule(quiet)
    peer.answers.push('hang')
    await runs(it, id, {})
    const looking = tell.deliveries.look()
    await it.until(() => peer.taken.length === 1 && quick.taken.length === 1, 'both to be sent to')
    await runs(it, id, {})
    it.clock.advance(seconds(15))
    await looking
    expect((await tell.log()).slice(0, 2).map((one) => [one.channelName, one.status])).toEqual([
      ['webhook', 'pending'],
      ['ntfy', 'sent'],
    ])
    await quick.close()
  })

  test('a workspace whose receivers all hang keeps no other workspace waiting', async () => {
    const { it, tell, channelId } = await begin()
    const { q, t } = on.store
    const silent = await receiver()
    silent.answers.push(...Array(24).fill('hang'))
    const now = it.clock.now().getTime()
    const [other] = await q
      .insert(t.workspaces)
      .values({ name: 'Busy', slug: 'busy', createdAt: now })
      .returning()
    const busy = telling({ ...it, workspaceId: other?.id as number })
    const owed = (workspaceId: number, to: number, at: number) => ({
      ...{ workspaceId, channelId: to, channelName: 'x', facts: ',success,', status: 'pending' as const },
      ...{ message: JSON.stringify({ event: 'success', title: 'T', text: '', url: '', at: '', about: {} }) },
      ...{ nextAttemptAt: at, goesAt: at, createdAt: at, updatedAt: at },
    })
    for (let n = 0; n < 24; n++) {
      const hangs = await busy.channel('webhook', { url: `${silent.origin}/${n}`, secret: SECRET })
      await q.insert(t.deliveries).values(owed(other?.id as number, hangs, now - 1_000))
    }
    await q.insert(t.deliveries).values(owed(it.workspaceId, channelId, now))
    const looking = tell.deliveries.look()
    await it.until(() => peer.taken.length === 1, 'the other workspace to be told')
    await it.until(() => silent.taken.length >= 4, 'as many to hang as may')
    expect(silent.taken).toHaveLength(4)
    silent.answers.length = 0
    it.clock.advance(seconds(15))
    await looking
    expect(silent.taken).toHaveLength(24)
    await silent.close()
    await q.delete(t.workspaces).where(eq(t.workspaces.id, other?.id as number))
  })

  test('a person’s own channel is told while they may see the workspace, and not a message longer', async () => {
    const { it, tell } = await begin()
    const { q, t } = on.store
    const at = it.clock.now()
    const ben = { id: 'ben', name: 'Ben', email: 'ben@example.com', emailVerified: true }
    await q.insert(t.user).values({ ...ben, createdAt: at, updatedAt: at })
    const join = () =>
      q.insert(t.members).values({
        ...{ workspaceId: it.workspaceId, userId: 'ben', role: 'editor' as const },
        createdAt: at.getTime(),
      })
    const leave = () => q.delete(t.members).where(eq(t.members.userId, 'ben'))
    const disabled = (value: boolean) => q.update(t.user).set({ disabled: value }).where(eq(t.user.id, 'ben'))
    await join()
    const config = { url: `${peer.origin}/own`, secret: SECRET }
    const own = await tell.channel('webhook', config, { workspaceId: null, userId: 'ben' })
    await tell.rule(own, ['success'])
    const { id } = await it.schedule(quiet)
    const tellIt = async () => {
      await runs(it, id, {})
      await tell.deliveries.look()
      return (await tell.log()).at(-1)
    }
    expect(await tellIt()).toMatchObject({ status: 'sent', channelName: 'Ben’s own channel' })
    await disabled(true)
    expect(await tellIt()).toMatchObject({ status: 'suppressed', reason: channels.MAY_NOT_HEAR })
    await disabled(false)
    // What was owed before they left does not go after them.
    peer.answers.push({ status: 503 })
    expect(await tellIt()).toMatchObject({ status: 'pending' })
    await leave()
    it.clock.advance(seconds(30))
    await tell.deliveries.look()
    expect((await tell.log()).at(-1)).toMatchObject({ status: 'suppressed', reason: channels.MAY_NOT_HEAR })
    expect(await tellIt()).toMatchObject({ status: 'suppressed' })
    await join()
    expect(await tellIt()).toMatchObject({ status: 'sent' })
    expect(peer.taken).toHaveLength(3)
    await channels.remove(on.store, { person: 'ben' }, own)
    await q.delete(t.user).where(eq(t.user.id, 'ben'))
  })

  test('what two workspaces hold for one own channel does not go as one message', async () => {
    const { it, tell } = await begin()
    const { q, t } = on.store
    const now = it.clock.now().getTime()
    const made = { createdAt: it.clock.now(), updatedAt: it.clock.now() }
    await q
      .insert(t.user)
      .values({ id: 'ben', name: 'Ben', email: 'b@example.com', emailVerified: true, ...made })
    const [other] = await q.insert(t.workspaces).values({ name: 'B', slug: 'b', createdAt: now }).returning()
    const both = [it.workspaceId, other?.id as number]
    const config = { url: `${peer.origin}/own`, secret: SECRET }
    const own = await tell.channel('webhook', config, { workspaceId: null, userId: 'ben' })
    for (const workspaceId of both) {
      await q.insert(t.members).values({ workspaceId, userId: 'ben', role: 'editor', createdAt: now })
      await q.insert(t.deliveries).values({
        ...{ workspaceId, channelId: own, channelName: 'x', facts: ',success,', status: 'held' as const },
        message: JSON.stringify({
          event: 'success',
          title: `Of ${workspaceId}`,
          text: '',
          url: '',
          at: '',
          about: {},
        }),
        ...{ nextAttemptAt: now, goesAt: now, createdAt: now, updatedAt: now },
      })
    }
    await tell.deliveries.look()
    expect(titles()).toEqual(both.map((id) => `Of ${id}`))
    await channels.remove(on.store, { person: 'ben' }, own)
    await q.delete(t.user).where(eq(t.user.id, 'ben'))
    await q.delete(t.workspaces).where(eq(t.workspaces.id, other?.id as number))
  })

  test('two servers send a message once, and no channel changes an execution', async () => {
    const { it, tell, channelId } = await begin({ maxPerHour: 8 })
    const other = telling(it, 'server-2')
    tellings.push(other)
    await tell.rule(channelId, ['success', 'failure'])
    const { id } = await it.schedule(quiet)
    for (let n = 0; n < 12; n++) await runs(it, id, {})
    await Promise.all([tell.deliveries.look(), other.deliveries.look()])
    await Promise.all([tell.deliveries.look(), other.deliveries.look()])
    const ids = peer.taken.map((one) => one.headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([8, 8])
    expect((await tell.log()).filter((one) => one.status === 'held')).toHaveLength(4)
    expect((await it.history(id)).every((one) => one.status === 'success')).toBe(true)
  })
})
