/** Mail of a run, to a server on loopback: sent once, whatever happens to the run. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { mailThrough } from '../mail/testing/post.ts'
import { type TestSmtp, testSmtp } from '../mail/testing/smtp.ts'
import type { Models } from './custom/model-client.ts'
import { runMail } from './mailing.ts'
import { type FakeModel, fakeModel } from './testing/fake-model.ts'
import { modelsOf, scoutOf } from './testing/scout.ts'
import { type Workbench, workbench } from './testing/task.ts'

let peer: TestSmtp
let fake: FakeModel
let models: Models
let bench: Workbench
beforeAll(async () => {
  fake = await fakeModel()
  peer = await testSmtp()
})
afterAll(() => Promise.all([fake.close(), peer.close()]))
beforeEach(async () => {
  bench = await workbench()
  models = modelsOf(bench.store, fake)
  peer.taken.length = 0
  peer.refuses.clear()
  fake.next = []
  fake.asked = []
})
afterEach(() => Promise.all([models.close(), bench.store.close()]))

const MAIL = { to: ['ben@example.com', 'eve@example.com'], subject: 'News', text: 'The bells ring at nine.' }
/** As the run has it, from what is kept now. */
function mailOfRun() {
  const before = new Set(bench.kept.keys())
  return runMail(mailThrough(peer, bench), {
    workspace: { id: bench.workspaceId, name: 'Demo', slug: 'demo' },
    step: bench.step,
    has: (key) => before.has(key),
    signal: bench.controller.signal,
  })
}
const send = (key = 'carillon-1-1') => mailOfRun().send({ ...MAIL, key })
const crashedBefore = (place: string) => {
  const places = [...bench.kept.keys()]
  for (const key of places.slice(places.indexOf(place))) bench.kept.delete(key)
}

test('whoever continues the run gets what the server said, and nothing is sent again', async () => {
  const sent = await send()
  expect(sent).toMatchObject({
    messageId: '<carillon-1-1@0123456789ab.example.com>',
    accepted: ['ben@example.com', 'eve@example.com'],
  })
  expect(await send()).toEqual(sent)
  expect(peer.taken).toHaveLength(1)
  await send('carillon-1-2')
  expect(peer.taken.map(({ mail }) => mail.messageId)).toEqual([
    '<carillon-1-1@0123456789ab.example.com>',
    '<carillon-1-2@0123456789ab.example.com>',
  ])
})

test('what a crash has hidden is not sent again, and that is said', async () => {
  await send()
  crashedBefore('mail carillon-1-1 1')
  await expect(send()).rejects.toMatchObject({ certainty: 'unknown' })
  expect(peer.taken).toHaveLength(1)
})

test('what is known not to have been sent is sent by the next attempt of the run', async () => {
  peer.refuses.set('', 451)
  await expect(send()).rejects.toMatchObject({ certainty: 'transient' })
  peer.refuses.clear()
  expect(await send()).toMatchObject({ accepted: ['ben@example.com', 'eve@example.com'] })
  expect(peer.taken.map(({ mail }) => mail.messageId)).toEqual(['<carillon-1-1@0123456789ab.example.com>'])
})

test('a connection that was cut stays unknown', async () => {
  peer.refuses.set('', null)
  await expect(send()).rejects.toMatchObject({ certainty: 'unknown' })
  peer.refuses.clear()
  await expect(send()).rejects.toMatchObject({ certainty: 'unknown' })
  expect(peer.taken).toHaveLength(1)
})

const agent = (approval: 'allow' | 'ask' = 'allow') =>
  scoutOf(bench, { instructions: 'Tell them.', tools: [{ name: 'send_mail', approval }] }, { models })
const script = () => [{ calls: [{ name: 'send_mail', arguments: MAIL }] }, { text: 'Told.' }]
const told = () => JSON.stringify(fake.asked.at(-1)?.messages.filter(({ role }) => role === 'tool'))

test('an agent sends under the key of its call; one bad recipient of two is told to it', async () => {
  peer.refuses.set('eve@example.com', 550)
  fake.next = script()
  const result = await bench.run(await agent(), {}, { tools: { mail: mailOfRun() } })
  expect(peer.taken).toMatchObject([
    { to: ['ben@example.com'], mail: { messageId: '<carillon-1-1@0123456789ab.example.com>' } },
  ])
  expect(told()).toMatch(/eve@example\.com.*No such person here/)
  expect(bench.said).toContain('Mails “News” to ben@example.com and eve@example.com')
  expect(result.usage?.tainted).toBe(true)
})

test('an agent that a crash cut off looks at what its run knows of the mail before anything is sent', async () => {
  fake.next = script()
  await bench.run(await agent(), {}, { tools: { mail: mailOfRun() } })
  const all = [...bench.kept.entries()]
  const from = async (last: string) => {
    bench.kept.clear()
    for (const [key, value] of all.slice(0, all.findIndex(([key]) => key === last) + 1))
      bench.kept.set(key, value)
    fake.next = script().slice(1)
    await bench.run(await agent(), {}, { tools: { mail: mailOfRun() } })
    return told()
  }
  // Begun, and not on its way yet: it can be sent.
  expect(await from('call 1.1 started')).toContain('accepted')
  expect(peer.taken).toHaveLength(2)
  // Kept, though the call itself is not: it was sent.
  expect(await from('mail carillon-1-1 1')).toContain('accepted')
  expect(await from('mail carillon-1-1 1 begun')).toContain('is unknown')
  expect(peer.taken).toHaveLength(2)
})
