/** What one opens in the morning: what needs somebody is seen at once, and decided where it stands. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  apiKey,
  call,
  openBrowser,
  type Served,
  serve,
  signIn,
  until,
  type Visitor,
  visit,
} from './fixtures/serve.ts'

const SCHEDULES = '/workspace/my-workspace/agent-schedules'
let server: Served
let browser: Browser
let ada: Visitor
let key: string

beforeAll(async () => {
  server = await serve()
  browser = await openBrowser()
  key = (await apiKey(server)).trim()
  ada = await visit(browser, server)
  await signIn(ada)
})
afterAll(async () => {
  await browser.close()
  await server.end('SIGTERM')
  server.remove()
})

const part = (name: string) => ada.page.getByRole('region', { name: new RegExp(`^${name}`) })

test('an empty workspace says that nothing needs anybody, and where to begin', async () => {
  await ada.page.goto('/w/my-workspace/now')
  await part('Needs you').getByText('Nothing needs you.').waitFor()
  await part('Running').getByText('Nothing is running.').waitFor()
  await part('Next 24 hours').getByRole('link', { name: 'Plan something' }).waitFor()
  await part('How it went').getByText('Runs by hour of the week').waitFor()
})

test('what goes on, fails and comes stands there while the page is open', async () => {
  const plan = (name: string, does: string) =>
    call<{ schedule: { id: number } }>(server, key, 'POST', SCHEDULES, {
      ...{ name, agentId: 'test-agent', kind: 'interval', everySeconds: 3600 },
      context: { does, text: 'Seven bells were cast.' },
    })
  const caster = await plan('Bell caster', 'succeed')
  const broken = await plan('Broken bell', 'fail')
  const endless = await plan('Endless bell', 'hang')
  for (const { body } of [caster, broken, endless])
    await call(server, key, 'POST', `${SCHEDULES}/${body.schedule.id}/run`)

  await part('Needs you').getByRole('link', { name: 'Broken bell' }).waitFor()
  await part('Running').getByRole('link', { name: 'Endless bell' }).waitFor()
  await part('Last results').getByText('Seven bells were cast.').waitFor()
  await part('Next 24 hours').getByRole('link', { name: 'Bell caster' }).waitFor()
  expect(await part('Needs you').getByRole('link', { name: 'Bell caster' }).count()).toBe(0)

  const running = '/workspace/my-workspace/executions?status=running'
  const { body } = await call<{ executions: { id: number }[] }>(server, key, 'GET', running)
  await call(server, key, 'POST', `/workspace/my-workspace/executions/${body.executions[0]?.id}/cancel`)
  await part('Running').getByText('Nothing is running.').waitFor()
})

test('what was missed while the server was away is run or let be on the spot', async () => {
  for (const name of ['Asleep one', 'Asleep two'])
    await call(server, key, 'POST', SCHEDULES, {
      ...{ name, agentId: 'test-agent', kind: 'interval', everySeconds: 3600, misfire: 'skip' },
    })
  await server.end('SIGTERM')
  const rows = new Database(join(server.dataDir, 'carillon.db'))
  const ago = (minutes: number) => Date.now() - minutes * 60_000
  rows
    .prepare("update triggers set created_at = ?, next_run_at = ?, due_at = ? where name like 'Asleep%'")
    .run(ago(330), ago(150), ago(150))
  rows.close()
  server = await serve({ PORT: new URL(server.url).port }, server.dataDir)

  await ada.page.reload()
  const needs = part('Needs you')
  await needs
    .getByText(/3 runs from/)
    .first()
    .waitFor()
  await needs.getByRole('button', { name: 'Dismiss what Asleep two missed' }).click()
  await needs.getByRole('link', { name: 'Asleep two' }).waitFor({ state: 'detached' })
  await needs.getByRole('button', { name: 'Run what Asleep one missed' }).click()
  const question = ada.page.getByRole('alertdialog')
  await question.getByText('3 runs will be queued now.').waitFor()
  await question.getByRole('button', { name: 'Run all 3' }).click()
  await needs.getByRole('link', { name: 'Asleep one' }).waitFor({ state: 'detached' })
  const backfilled = async () => {
    const path = '/workspace/my-workspace/executions?kind=backfill&status=success'
    return (await call<{ executions: { triggerName: string }[] }>(server, key, 'GET', path)).body.executions
  }
  await until(async () => (await backfilled()).length === 3, 'the missed runs to be made')
  expect(new Set((await backfilled()).map((it) => it.triggerName))).toEqual(new Set(['Asleep one']))
})
