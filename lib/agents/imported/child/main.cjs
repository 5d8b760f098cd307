'use strict'
/**
 * The process of one call of a skill: it makes the skill what it is in AnythingLLM, calls it once, and hands on what
 * came of it. What holds the skill is around this process, not in it; see `containment.ts`.
 */
const { closeSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const { ask, listen, send } = require('./channel.cjs')
const { carriers, carryFetch } = require('./network.cjs')
const { refuse, sentenceOf } = require('./refusals.cjs')

const { stringify } = JSON

const textOf = (it) =>
  typeof it === 'string' ? it : require('node:util').inspect(it, { depth: 3, breakLength: 120 })
const say = (...parts) => send({ type: 'say', text: parts.map(textOf).join(' ') })
const fail = (error) => send({ type: 'failure', message: sentenceOf(error) })

function configOf(folder, runtimeArgs) {
  const config = JSON.parse(readFileSync(join(folder, 'plugin.json'), 'utf8').replace(/^\uFEFF/, ''))
  for (const [key, argument] of Object.entries(config.setup_args ?? {}))
    if (argument && runtimeArgs[key] !== undefined) argument.value = runtimeArgs[key]
  return config
}

async function runtimeOf(folder) {
  const path = join(folder, 'handler.js')
  const exported = await load(path)
  const runtime = exported?.runtime ?? exported?.default?.runtime
  if (typeof runtime?.handler !== 'function')
    throw new Error('handler.js exports no function runtime.handler, which is what is called.')
  return runtime
}

function load(path) {
  try {
    return require(path)
  } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error
    return import(pathToFileURL(path))
  }
}

async function webContent(url, as = 'text') {
  try {
    return { success: true, content: await ask('page', { url: String(url), as }) }
  } catch (error) {
    say(error.message)
    return { success: false, content: null, reason: error.message }
  }
}

/** What helpers reach through `this`; the skill's own come last, but for the one that asks people. */
function selfOf({ name, description, examples, parameters, runtimeArgs }, config, runtime) {
  const requestToolApproval = ({ payload = {}, description: what = '' } = {}) =>
    ask('approve', { payload, description: textOf(what) })
  return Object.defineProperty(
    {
      super: { handlerProps: { log: say }, introspect: say },
      name,
      config,
      runtimeArgs,
      description,
      logger: say,
      introspect: say,
      runtime: 'docker',
      webScraper: { getLinkContent: webContent },
      examples,
      parameters,
      ...runtime,
    },
    'requestToolApproval',
    { value: requestToolApproval, enumerable: true },
  )
}

function textOfResult(value) {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return 'null'
  if (value instanceof Error) return stringify(value.message)
  try {
    return stringify(value, (_, it) => (typeof it === 'bigint' ? String(it) : it)) ?? 'null'
  } catch (error) {
    throw new Error(`It returned what cannot be written as JSON: ${error.message.split('\n')[0]}.`)
  }
}

function resultOf(value, most) {
  const text = textOfResult(value)
  if (Buffer.byteLength(text) > most)
    throw new Error(`It returned more than ${most / 1024 ** 2} MB. Let it return less.`)
  return text
}

async function call({ folder, params, answerBytes, ...given }) {
  process.on('uncaughtException', fail)
  try {
    const config = configOf(folder, given.runtimeArgs)
    const runtime = await runtimeOf(folder)
    const self = selfOf(given, config, runtime)
    send({ type: 'result', value: resultOf(await runtime.handler.call(self, params), answerBytes) })
  } catch (error) {
    fail(error)
  }
}

listen((message) => {
  for (const stranger of message.strangers) closeSync(stranger)
  carryFetch()
  refuse(message.grants, message.folder, carriers(message.certificates))
  call(message)
})
