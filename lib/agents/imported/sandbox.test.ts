/** Skills as they are published, run as they are, against peers on loopback. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pack, readFolder, readZip, sha256Of, unpack, writeFolder } from './files.ts'
import { readManifest } from './manifest.ts'
import { archive } from './testing/archive.ts'
import { certificate, privateKey } from './testing/certificate.ts'
import { skilled } from './testing/skilled.ts'

const house = skilled()
const asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = []

async function answer(request: IncomingMessage, response: ServerResponse) {
  const body = Buffer.concat(await request.toArray()).toString()
  const { pathname } = new URL(request.url ?? '', 'http://peer')
  asked.push({ method: request.method ?? '', path: pathname, headers: request.headers, body })
  const json = (status: number, it: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(it))
  const pages: Record<string, () => unknown> = {
    '/forecast': () => {
      const { city, units } = JSON.parse(body)
      return city === 'Atlantis'
        ? json(404, {})
        : json(200, { city, units, degrees: city === 'Rome' ? 21 : 5 })
    },
    '/page': () =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(
          '<html><title>Menu</title><body><article><h1>Menu</h1><p>Soup <b>today</b>.</p></article></body></html>',
        ),
    '/tickets': () => json(201, { id: 7, ...JSON.parse(body) }),
    '/away': () => response.writeHead(302, { location: `http://localhost:${peerPort}/page` }).end(),
    '/here': () => response.writeHead(307, { location: '/echo' }).end(),
    '/echo': () => response.setHeader('set-cookie', ['a=1', 'b=2']).end(body),
    '/empty': () => response.writeHead(204).end(),
    '/huge': () => response.end(Buffer.alloc(6 * 1024 ** 2)),
    '/large': () => response.end(Buffer.alloc(3 * 1024 ** 2, 'x')),
    '/health': () => response.end('ok'),
  }
  return pages[pathname]?.() ?? response.writeHead(404).end('nothing here')
}

const peer = createServer(answer)
const tlsPeer = createTlsServer({ cert: certificate, key: privateKey }, answer)
let peerPort = 0
let tlsPort = 0
let url = ''
beforeAll(async () => {
  for (const server of [peer, tlsPeer]) await once(server.listen(0, '127.0.0.1'), 'listening')
  peerPort = (peer.address() as AddressInfo).port
  tlsPort = (tlsPeer.address() as AddressInfo).port
  url = `http://127.0.0.1:${peerPort}`
})
afterAll(async () => {
  for (const server of [peer, tlsPeer]) {
    server.closeAllConnections()
    server.close()
  }
  await house.end()
})
const here = { network: ['127.0.0.1'], privateNetwork: true }

test('a skill asks an API with its setup, says what it does, and answers through its helpers', async () => {
  const setup = { WEATHER_API_KEY: 's3cret', BASE_URL: url, UNITS: '', TIMEOUT: null }
  const params = { city: 'Rome', days: '3', hourly: 'true' }
  const { answer, said } = await house.run('open-weather', { setup, params, grants: here })
  expect(answer).toBe('Rome: 21 °C')
  expect(said).toEqual(['Weather-v1.0.0 is asked for Rome, 3 days'])
  expect(asked.at(-1)).toMatchObject({
    method: 'POST',
    headers: { 'x-api-key': 's3cret', 'content-type': 'application/json' },
    body: JSON.stringify({ city: 'Rome', days: 3, hourly: true, units: 'metric' }),
  })
  await expect(
    house.run('open-weather', { setup, params: { city: 'Atlantis' }, grants: here }),
  ).rejects.toThrow(/^The weather service answers 404 Not Found\.$/)
})

test('a skill reads pages as text and as they are, and goes on where one is missing', async () => {
  const links = [`${url}/page`, `${url}/none`, 'http://elsewhere.example/']
  const { answer, said } = await house.run('link-digest', { params: { links }, grants: here })
  expect(answer).toMatchObject({
    markup: true,
    pages: [
      { path: '/page', success: true, content: expect.stringMatching(/Soup \*\*today\*\*/) },
      { path: '/none', success: false, content: null },
      { path: '/', success: false },
    ],
  })
  expect(said).toContain('read /page: { success: true }')
  expect(said.join('\n')).toMatch(/status 404[\s\S]*asks for elsewhere\.example, which it is not granted/)
})

test('a skill that asks for approval is answered by people, not by itself', async () => {
  const filing = { setup: { PORT: peerPort }, params: { title: 'Leak' }, grants: here }
  const requests: unknown[] = []
  const approve = (approved: boolean) => async (request: unknown) => {
    requests.push(request)
    return { approved, message: approved ? 'Go on.' : 'Not today.' }
  }
  expect((await house.run('ticket-filer', { ...filing, approve: approve(false) })).answer).toBe(
    'Not filed: Not today.',
  )
  expect((await house.run('ticket-filer', { ...filing, approve: approve(true) })).answer).toBe(
    '{"id":7,"title":"Leak"}',
  )
  expect(requests).toEqual(
    Array(2).fill({ payload: { title: 'Leak' }, description: 'Files the ticket "Leak"' }),
  )
  const parked = new Error('parked')
  await expect(house.run('ticket-filer', { ...filing, approve: () => Promise.reject(parked) })).rejects.toBe(
    parked,
  )
})

test('a skill brings its modules and files along, and writes to a folder of its own', async () => {
  expect((await house.run('csv-stats', { params: { column: 'b' } })).answer).toEqual(['b', 30, true, null])
})

test('a zip goes the whole way: read, told, kept in one blob, written out and run', async () => {
  const published = await readFolder(join(import.meta.dirname, 'testing', 'skills', 'csv-stats'))
  const zip = archive([...published].map(([path, content]) => ({ name: `csv-stats-main/${path}`, content })))
  const files = unpack(pack(await readZip(zip)))
  expect(sha256Of(files)).toBe(sha256Of(published))
  expect(readManifest(files)).toMatchObject({ hubId: 'csv-stats', warnings: [] })
  const folder = join(house.root, 'unpacked')
  await writeFolder(files, folder)
  expect((await house.runIn(folder, { params: { column: 'a' } })).answer).toEqual(['a', 3, true, null])
})

test.each<[string, object, RegExp[]]>([
  ['open-weather', {}, [/no address stands in its code/]],
  ['ticket-filer', { network: [] }, [/no address stands/]],
  ['shared-format', { read: ['../_shared'] }, [/beside its folder: \.\.\/_shared/]],
  ['git-log', { childProcess: true }, [/child_process/, /environment variables.*SERVICE_KEY/]],
  ['needs-openai', {}, [/not in its folder: openai/]],
  ['who-am-i', {}, [/entry file "main\.js", which is not in its folder/]],
])('%s tells before it is accepted what it will ask for', async (hubId, asks, warnings) => {
  const read = readManifest(await readFolder(join(import.meta.dirname, 'testing', 'skills', hubId)))
  expect(read.asks).toMatchObject(asks)
  expect(read.warnings).toEqual(warnings.map((it) => expect.stringMatching(it)))
})

test('a skill may be an ES module, and may await before it is ready', async () => {
  const { answer } = await house.run('hash-text', { params: { text: 'abc' } })
  expect(answer).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('a skill speaks TLS through the tunnel, over one connection where it keeps it', async () => {
  const setup = { PORT: tlsPort, CA: certificate }
  const granted = { network: [`localhost:${tlsPort}`], privateNetwork: true }
  const { answer, said } = await house.run('status-watch', { setup, params: { times: 2 }, grants: granted })
  expect(answer).toEqual([
    { status: 200, same: false },
    { status: 200, same: true },
  ])
  expect(said).toEqual(['asked 2 times'])
  await expect(
    house.run('status-watch', { setup, grants: { ...granted, network: ['localhost:1'] } }),
  ).rejects.toThrow(/asks for localhost:\d+, which it is not granted/)
})

test('a skill is told who it is, with the defaults of the original', async () => {
  const { answer } = await house.run('who-am-i', { params: { any: ['thing'] } })
  expect(answer).toEqual({
    name: 'who-am-i',
    runtimeArgs: { SHOWN: null, DEFAULT: 'd', ON: true },
    description: 'Tells what it was given.',
    examples: [{ prompt: 'Who?' }],
    runtime: 'docker',
    parameters: { type: 'object', properties: {} },
    params: { any: ['thing'] },
    config: ['who-am-i', '3.2.1', 'd'],
    environment: [],
    big: '10',
    date: '1970-01-01T00:00:00.000Z',
  })
})

test.each<[string, object, RegExp]>([
  [
    'shared-format',
    {},
    /"\.\.\/_shared\/format\.js", which lies outside its folder\. Bundle it, or have an administrator/,
  ],
  ['git-log', {}, /child_process.*An administrator can grant it/],
  [
    'git-log',
    { params: { key: true } },
    /^No key\. It reads SERVICE_KEY from the environment.*setup arguments/,
  ],
  ['needs-openai', {}, /needs the module "openai", which is not in its folder\. Bundle it/],
])('%s ends in a sentence that says what it is not given', async (hubId, wanted, words) => {
  await expect(house.run(hubId, wanted)).rejects.toThrow(words)
})

test('what an administrator grants is there', async () => {
  const read = { grants: { read: ['../_shared'] }, params: { text: 'hello' } }
  expect((await house.run('shared-format', read)).answer).toBe('HELLO!')
  expect((await house.run('git-log', { grants: { childProcess: true } })).answer).toBe('started')
})

test('fetch is what it is elsewhere: redirects, bodies, cookies, an end by signal', async () => {
  const { answer } = await house.does(
    `const form = new FormData(); form.set('a', new Blob(['file']), 'a.txt');
     const redirected = await fetch('${url}/here', { method: 'POST', body: 'kept' });
     const manual = await fetch(new Request('${url}/away', { redirect: 'manual' }));
     const sent = await fetch('${url}/echo', { method: 'POST', body: form });
     const stop = new AbortController(); stop.abort();
     return {
       text: await redirected.text(), at: redirected.url, was: redirected.redirected,
       manual: manual.status, to: manual.headers.get('location'), cookies: sent.headers.getSetCookie(),
       form: (await sent.text()).includes('filename="a.txt"'), empty: (await fetch('${url}/empty')).status,
       own: await (await fetch('data:text/plain,own')).text(),
       large: (await (await fetch('${url}/large')).arrayBuffer()).byteLength,
       stopped: await fetch('${url}/page', { signal: stop.signal }).catch((it) => it.name),
     }`,
    { grants: here },
  )
  expect(answer).toEqual({
    text: 'kept',
    at: `${url}/echo`,
    was: true,
    manual: 302,
    to: `http://localhost:${peerPort}/page`,
    cookies: ['a=1', 'b=2'],
    form: true,
    empty: 204,
    own: 'own',
    large: 3 * 1024 ** 2,
    stopped: 'AbortError',
  })
})

const get = (path: string) => `return (await fetch('${url}${path}')).text()`
test.each<[string, () => [string, object], RegExp]>([
  [
    'a host that was not granted',
    () => [get('/page'), { network: ['api.example.com'], privateNetwork: true }],
    /asks for 127\.0\.0\.1:\d+, which it is not granted/,
  ],
  [
    'where a granted host sends it',
    () => [get('/away'), here],
    /asks for localhost:\d+, which it is not granted/,
  ],
  [
    'a private address without the grant for it',
    () => [get('/page'), { network: ['*'] }],
    /Refused to connect to "127\.0\.0\.1".*loopback/,
  ],
  [
    'a private address through the tunnel',
    () => [
      `return new Promise((_, no) => require('http').get('${url}').on('error', no))`,
      { network: ['*'] },
    ],
    /Refused to connect.*loopback/,
  ],
  [
    'the metadata service',
    () => ["return fetch('http://169.254.169.254/')", { network: ['*'], privateNetwork: true }],
    /never connected to/,
  ],
  ['more than it may read', () => [get('/huge'), here], /answers with more than 5 MB/],
])('a skill does not reach %s', async (_, made, words) => {
  const [body, grants] = made()
  await expect(house.does(body, { grants })).rejects.toThrow(words)
})

test('a large answer through the tunnel arrives whole', async () => {
  const { answer } = await house.does(
    `const sizeOf = async (response) => {
       let size = 0;
       for await (const it of response) { size += it.length; await new Promise(setImmediate) }
       return size
     };
     return new Promise((yes, no) => require('http').get('${url}/large', { agent: false },
       (it) => sizeOf(it).then(yes, no)).on('error', no))`,
    { grants: here },
  )
  expect(answer).toBe(3 * 1024 ** 2)
})

test('modules of Node are the same by whichever way they come', async () => {
  const { answer } = await house.does(
    `const { get } = await import('node:http'); const { default: https } = await import('https');
     const { exec } = await import('node:child_process');
     const text = await new Promise((yes, no) =>
       get('${url}/page', async (it) => yes(String(await it.toArray()))).on('error', no));
     const refused = await new Promise((yes) =>
       https.get('https://elsewhere.example').on('error', (it) => yes(it.message)));
     try { exec('id') } catch (error) { return [text.length > 20, refused, error.message] }`,
    { grants: here },
  )
  expect(answer).toEqual([
    true,
    expect.stringContaining('asks for elsewhere.example, which it is not granted'),
    expect.stringContaining('An administrator can grant it'),
  ])
})

test('twenty at once answer each for itself', async () => {
  const setup = { WEATHER_API_KEY: 'k', BASE_URL: url }
  const runs = Array.from({ length: 20 }, (_, n) =>
    house.run('open-weather', { setup, params: { city: n % 2 ? 'Rome' : `City ${n}` }, grants: here }),
  )
  expect((await Promise.all(runs)).map(({ answer }) => answer)).toEqual(
    runs.map((_, n) => (n % 2 ? 'Rome: 21 °C' : `City ${n}: 5 °C`)),
  )
})
