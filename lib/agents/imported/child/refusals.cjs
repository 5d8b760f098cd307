'use strict'
/** What a skill is not given, said in sentences that tell what to grant or to bundle. */
const fs = require('node:fs')
const { registerHooks, syncBuiltinESMExports } = require('node:module')
const os = require('node:os')
const { fileURLToPath } = require('node:url')
const v8 = require('node:v8')
const { send } = require('./channel.cjs')

const LONGEST = 1000
/** Each reaches other processes of the same user, or the inside of this one. */
const TAKEN_AWAY = [
  'kill',
  '_kill',
  '_debugProcess',
  '_debugEnd',
  'binding',
  '_linkedBinding',
  'dlopen',
  'execve',
]
const PROGRAMS = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync']
const NO_PROGRAMS =
  'It starts another program (child_process), which it is not granted. An administrator can grant it on its page.'
/** Asked for by every second library, with a default of its own. */
const COMMON_VARIABLE =
  /^(?:NODE_.*|npm_.*|DEBUG.*|.*_PROXY|NO_COLOR|FORCE_COLOR|COLORTERM|TERM.*|CI|HOME|PATH|PWD|LANG|LC_.*|TZ|USER|SHELL|TMPDIR|TEMP|TMP|OS|READABLE_STREAM)$/
const MOST_VARIABLES_TOLD = 5

const variables = new Set()

class Refused extends Error {
  constructor(sentence, code) {
    super(sentence)
    this.code = code
  }
}

/** `firsts`: what is done to a module of Node's when the skill first asks for it. */
function refuse({ childProcess: mayStart }, folder, firsts) {
  for (const name of TAKEN_AWAY) delete process[name]
  // By a flag the engine writes files itself, past all permissions.
  v8.setFlagsFromString = () => {
    throw new Refused('It sets flags of the engine, which skills may not.', 'ERR_ACCESS_DENIED')
  }
  process.env = watchedEnvironment(folder)
  const exists = fs.existsSync
  // Under the permission model it throws for what lies outside.
  fs.existsSync = (path) => {
    try {
      return exists(path)
    } catch {
      return false
    }
  }
  // Of any process of its user.
  os.setPriority = () => {
    throw new Refused('It changes the priority of a process, which skills may not.', 'ERR_ACCESS_DENIED')
  }
  os.tmpdir = os.homedir = () => process.cwd()
  if (!mayStart) firsts.child_process = refusePrograms
  syncBuiltinESMExports()
  registerHooks({
    resolve(specifier, context, next) {
      const path = pathOf(specifier, context.parentURL)
      if (path && !process.permission.has('fs.read', path))
        throw new Refused(
          `It needs "${specifier}", which lies outside its folder. Bundle it, or have an administrator grant reading it.`,
          'MODULE_NOT_FOUND',
        )
      try {
        first(specifier, firsts)
        return next(specifier, context)
      } catch (error) {
        throw path ? error : ofModule(specifier, error)
      }
    },
  })
}

/** Of what is asked for by its place; null: it is a module by name. */
function pathOf(specifier, from) {
  if (!/^(?:\.{0,2}\/|file:)/.test(specifier) || !from) return null
  const url = new URL(specifier, from)
  return url.protocol === 'file:' ? fileURLToPath(url) : null
}

function first(specifier, firsts) {
  const name = specifier.replace(/^node:/, '')
  if (!Object.hasOwn(firsts, name)) return
  const act = firsts[name]
  delete firsts[name]
  act()
  syncBuiltinESMExports()
}

function refusePrograms() {
  const programs = require('node:child_process')
  for (const name of PROGRAMS)
    programs[name] = () => {
      throw new Refused(NO_PROGRAMS, 'ERR_ACCESS_DENIED')
    }
}

function ofModule(specifier, error) {
  if (error?.code === 'ERR_UNKNOWN_BUILTIN_MODULE' || specifier === 'node:sqlite')
    return new Refused(`It needs ${specifier}, which skills are not given.`, 'MODULE_NOT_FOUND')
  if (!/MODULE_NOT_FOUND$|^ERR_ACCESS_DENIED$/.test(error?.code)) return error
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return new Refused(
    `It needs the module "${name}", which is not in its folder. Bundle it in node_modules.`,
    'MODULE_NOT_FOUND',
  )
}

/**
 * What is asked for and is not there is noted; what Node itself and modules ask for has a default. By the mark of the
 * run the programs that it starts are found.
 */
function watchedEnvironment(folder) {
  const { CARILLON_RUN } = process.env
  return new Proxy(CARILLON_RUN === undefined ? {} : { CARILLON_RUN }, {
    get(own, name) {
      if (typeof name === 'string' && !(name in own)) note(name, folder)
      return own[name]
    },
    set: (own, name, value) => Reflect.set(own, name, String(value)),
  })
}

function note(name, folder) {
  if (COMMON_VARIABLE.test(name) || variables.has(name) || variables.size >= MOST_VARIABLES_TOLD) return
  const asker = new Error().stack.split('\n').find((it) => /^\s+at /.test(it) && !it.includes(__filename))
  if (!asker?.includes(`${folder}/`) || asker.includes('node_modules')) return
  variables.add(name)
  send({ type: 'say', text: aboutVariables([name]) })
}

const aboutVariables = (names) =>
  `It reads ${names.join(', ')} from the environment, of which skills are given none: it has to be one of its setup arguments.`

const BY_PERMISSION = {
  FileSystemRead: (it) =>
    `It reads "${it}", which lies outside its folder. Bundle it, or have an administrator grant reading it.`,
  FileSystemWrite: (it) =>
    `It writes "${it}", which it is not granted. It may write below its working directory, or where an administrator grants it.`,
  ChildProcess: () => NO_PROGRAMS,
  WorkerThreads: () => 'It starts a thread of its own (worker_threads), which skills may not.',
  Net: () => 'It opens a connection itself. Skills reach the network through fetch, http and https.',
  WASI: () => 'It uses WASI, which skills may not.',
  Addon: () => 'It loads an addon of compiled code, which skills may not.',
  Inspector: () => 'It uses the inspector, which skills may not.',
}
const BY_CODE = {
  ERR_DLOPEN_DISABLED: BY_PERMISSION.Addon(),
  ERR_INSPECTOR_NOT_AVAILABLE: BY_PERMISSION.Inspector(),
}
const TOO_MUCH_MEMORY = 'It needs more memory than a skill may take.'

function sentenceOf(error) {
  const said = plainly(error)
  const sentence = said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said
  return variables.size > 0 ? `${sentence} ${aboutVariables([...variables])}` : sentence
}

function plainly(error) {
  if (!(error instanceof Error)) return String(error?.message ?? error) || 'It failed without a word.'
  if (error.code === 'ERR_ACCESS_DENIED' && BY_PERMISSION[error.permission])
    return BY_PERMISSION[error.permission](String(error.resource ?? ''))
  if (/--allow-net\b/.test(error.message)) return BY_PERMISSION.Net()
  if (BY_CODE[error.code]) return BY_CODE[error.code]
  if (
    error instanceof RangeError &&
    /allocat|Invalid (?:typed )?array (?:buffer )?length|Invalid string length/.test(error.message)
  )
    return TOO_MUCH_MEMORY
  if (error.code === 'MODULE_NOT_FOUND') return error.message.split('\n')[0]
  return error.message || error.name
}

module.exports = { refuse, sentenceOf }
