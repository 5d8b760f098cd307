/** Servers of tools: two that others keep, over both transports, and one on loopback that lies. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect as connectTo, createServer } from 'node:net'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type HandClock, handClock, minutes, systemClock } from '../../clock.ts'
import { createGuardedStream } from '../../net/guarded-stream.ts'
import { type FakeMcp, fakeMcp } from '../testing/fake-mcp.ts'
import { connect, type Endpoint } from './connection.ts'

const require = createRequire(import.meta.url)
const EVERYTHING = join(
  dirname(require.resolve('@modelcontextprotocol/server-everything/package.json')),
  'dist/index.js',
)
const FILESYSTEM = join(
  dirname(require.resolve('@modelcontextprotocol/server-filesystem/package.json')),
  'dist/index.js',
)
const fetch = createGuardedStream({ allowedPrivateNetworks: ['127.0.0.1'] })
const never = new AbortController().signal

let port: number
let closed: number
let everything: ChildProcess
let fake: FakeMcp
let clock: HandClock
beforeAll(async () => {
  port = await freePort()
  closed = await freePort()
  everything = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
  })
  for await (const said of everything.stderr ?? []) if (String(said).includes(String(port))) break
})
afterAll(async () => {
  everything.kill('SIGKILL')
  await fetch.close()
})
beforeEach(async () => {
  fake = await fakeMcp()
  clock = handClock(new Date('2026-06-01T09:00:00Z'))
})
afterEach(() => fake.close())

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: found } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return found
}

const overHttp = (): Endpoint => ({
  ...{ transport: 'http', name: 'Everything', confidential: [], headers: {}, signedIn: null },
  url: `http://127.0.0.1:${port}/mcp`,
})
const command = (args: string[], env: Record<string, string> = {}): Endpoint => ({
  ...{ transport: 'stdio', name: 'Command', confidential: Object.values(env) },
  ...{ command: process.execPath, args, env },
})
const script = (code: string, env = {}) => command(['--input-type=module', '-e', code], env)
const toFake = (headers: Record<string, string> = {}): Endpoint => ({
  ...{ transport: 'http', name: 'Fake', url: fake.url },
  ...{ headers, signedIn: null, confidential: Object.values(headers) },
})
const open = (endpoint: Endpoint, by: typeof systemClock = systemClock) =>
  connect(endpoint, { clock: by, fetch }, never)

test.each([
  ['Streamable HTTP', overHttp],
  ['stdio', () => command([EVERYTHING, 'stdio'])],
])('the server of the protocol’s makers is asked over %s', async (_, endpoint) => {
  const it = await open(endpoint())
  const tools = await it.tools(never)
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum', 'get-env']))
  expect(await it.call('echo', { message: 'hello' }, never)).toMatchObject({
    content: [{ type: 'text', text: 'Echo: hello' }],
  })
  expect(await it.call('get-sum', { a: 'x' }, never)).toMatchObject({ isError: true })
  await it.close()
})

test('a server of files reads what it was given, and nothing else', async () => {
  const it = await open(command([FILESYSTEM, dirname(FILESYSTEM)]))
  const read = (path: string) => it.call('read_text_file', { path }, never)
  expect(await read(FILESYSTEM)).toMatchObject({ content: [{ text: expect.stringContaining('import') }] })
  expect(await read('/etc/passwd')).toMatchObject({ isError: true })
  await it.close()
})

test('the environment of a command holds what is named and nothing else', async () => {
  process.env.CARILLON_CANARY = 'canary'
  const it = await open(command([EVERYTHING, 'stdio'], { TOKEN: 'a secret token' }))
  const { content } = (await it.call('get-env', {}, never)) as { content: { text: string }[] }
  expect(JSON.parse(content[0]?.text ?? '')).toEqual({ TOKEN: 'a secret token' })
  expect(it.hide(content[0]?.text ?? '')).not.toContain('a secret token')
  await it.close()
  delete process.env.CARILLON_CANARY
})

test('what is granted while it is open is not told either', async () => {
  const endpoint = toFake({ authorization: 'Bearer the-first' })
  const it = await open(endpoint)
  expect(it.hide('the-first, the-second')).toBe('•••, the-second')
  endpoint.confidential.push('the-second')
  expect(it.hide('the-first, the-second')).toBe('•••, •••')
  await it.close()
})

test('what a command has started ends with it', async () => {
  const inner = `const it = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(it.address().port))`
  const child = `import { spawn } from 'node:child_process'
    import { once } from 'node:events'
    import { createInterface } from 'node:readline'
    const inner = spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], { env: {} })
    const [port] = await once(inner.stdout, 'data')
    createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method } = JSON.parse(line)
      const serverInfo = { name: 'x', version: '1' }
      const result = method === 'initialize'
        ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo }
        : { tools: [{ name: String(port).trim(), inputSchema: { type: 'object' } }] }
      if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }))
    })`
  const it = await open(script(child))
  const [found] = await it.tools(never)
  const lives = () =>
    new Promise<boolean>((resolve) => {
      const socket = connectTo({ host: '127.0.0.1', port: Number(found?.name) })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
  expect(await lives()).toBe(true)
  await it.close()
  await expect.poll(lives).toBe(false)
})

test.each<[string, () => Endpoint, { code: string; message: string }]>([
  [
    'no such command',
    () => ({ ...command([]), command: 'carillon-is-no-command' }) as Endpoint,
    { code: 'misconfigured', message: 'There is no command "carillon-is-no-command" on this server.' },
  ],
  [
    'a command that ends at once',
    () => script('console.error("no key TOPSECRET"); process.exit(3)', { KEY: 'TOPSECRET' }),
    { code: 'misconfigured', message: 'ended by itself (3): no key •••' },
  ],
  [
    'a command that floods',
    () => script('process.stdout.write("x".repeat(9e6)); setInterval(() => {}, 1000)'),
    { code: 'misconfigured', message: 'It answers with more than 4 MB.' },
  ],
  [
    'a port where nothing is',
    () => ({ ...toFake(), url: `http://127.0.0.1:${closed}/mcp` }) as Endpoint,
    { code: 'unreachable', message: 'Nothing answers at this address' },
  ],
  [
    'a private address',
    () => ({ ...toFake(), url: 'http://10.0.0.1/mcp' }) as Endpoint,
    { code: 'misconfigured', message: 'private' },
  ],
])('%s is said in words', async (_, endpoint, problem) => {
  const { code, message } = problem
  await expect(open(endpoint())).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})

test.each([
  [401, 'reauth_required'],
  [403, 'reauth_required'],
  [404, 'misconfigured'],
  [503, 'unreachable'],
])('a %s is %s, and what it was sent with is not told', async (status, code) => {
  const echo: FakeMcp['replies'][string] = (response) =>
    response.writeHead(status).end(`no: ${JSON.stringify(fake.headers.at(-1))}`)
  fake.replies = { 'server/discover': echo, initialize: echo }
  const failing = open(toFake({ authorization: 'Bearer a-secret-token' }))
  await expect(failing).rejects.toMatchObject({ code })
  await expect(failing).rejects.not.toThrow('a-secret-token')
  expect(fake.headers[0]?.authorization).toBe('Bearer a-secret-token')
})

test.each(['initialize', 'tools/list', 'tools/call'])(
  'one that does not answer to %s ends in its time',
  async (method) => {
    const arrived = new Promise<void>((resolve) => {
      fake.replies[method] = () => resolve()
    })
    const asking = open(toFake(), clock).then(async (it) => {
      await it.tools(never)
      await it.call('look', {}, never)
    })
    await arrived
    clock.advance(minutes(1))
    await expect(asking).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/did not answer within (15|55) seconds/),
    })
  },
)

test('a command that says nothing ends in its time', async () => {
  const opening = open(script('setInterval(() => {}, 1000)'), clock)
  clock.advance(minutes(1))
  await expect(opening).rejects.toMatchObject({ code: 'unreachable' })
})

test('an answer that has no end ends at its most bytes', async () => {
  fake.replies['tools/call'] = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const flood = () => {
      while (response.write(`data: ${'x'.repeat(100_000)}`));
      response.once('drain', flood)
    }
    flood()
  }
  const it = await open(toFake())
  await expect(it.call('look', {}, never)).rejects.toMatchObject({
    message: expect.stringContaining('more than 4 MB'),
  })
  await it.close()
})

test('a call is given up when its run is', async () => {
  const run = new AbortController()
  fake.replies['tools/call'] = () => run.abort(new Error('The run was cancelled.'))
  const it = await open(toFake())
  await expect(it.call('look', {}, run.signal)).rejects.toThrow('The run was cancelled.')
  await it.close()
})

test('a server that redirects is not followed with what it was given', async () => {
  fake.replies.initialize = (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end()
  await expect(open(toFake({ authorization: 'Bearer x' }))).rejects.toMatchObject({ name: 'McpProblem' })
})

test('a server that asks without end is left, whatever answers the library would give it', async () => {
  const ping = (id: number) => `data: ${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n\n`
  fake.replies['tools/list'] = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(Array.from({ length: 40_000 }, (_, n) => ping(n)).join(''))
  }
  const it = await open(toFake())
  await expect(it.tools(never)).rejects.toMatchObject({
    message: expect.stringContaining('It asks more than'),
  })
  expect(fake.methods.length).toBeLessThan(100)
  await it.close()
})

test('what it was given in confidence is in nothing that it says of its tools', async () => {
  fake.tools = [
    { name: 'look', description: 'Signed in as Bearer very-secret-token', inputSchema: { type: 'object' } },
  ]
  const it = await open(toFake({ authorization: 'Bearer very-secret-token' }))
  expect(JSON.stringify(await it.tools(never))).toContain('Signed in as •••')
  await it.close()
})
