/**
 * What an imported skill is: its name, what it wants to be set up with and called with, what it asks for, and what
 * whoever reviews it should know.
 *
 * Promise: pure; nothing of the skill is run. Keys that nobody knows are passed over, as its original loader does; what
 * cannot be run as it says is a problem with its remedy.
 */
import type { JsonSchema } from '../custom/schema.ts'
import { readAgentSkill, someOf } from './agent-skill.ts'
import { hostsIn, type Seen, seenIn } from './code.ts'
import { type SkillFiles, SkillProblem } from './files.ts'

export interface Grants {
  /** Hosts: `api.example.com`, `*.example.com`, `*`, each with a port or for all. */
  network: string[]
  /** Addresses outside the public internet, where the installation allows them. */
  privateNetwork: boolean
  /** Paths, relative to its folder or absolute. */
  read: string[]
  write: string[]
  childProcess: boolean
}

export interface SkillManifest {
  hubId: string
  name: string
  description: string
  version: string | null
  author: string | null
  format: 'anythingllm' | 'agent-skill'
  /** Of the setup arguments; `default` counts when it runs, the first of `examples` is what its author shows. */
  setup: JsonSchema
  /** Null: it declares none, and takes any object. */
  params: JsonSchema | null
  examples: unknown[]
  asks: Grants
  warnings: string[]
  /** Of an Agent Skill: the text for the instructions of agents. */
  instructions: string | null
}

type Fields = Record<string, unknown>

/** @throws SkillProblem */
export function readManifest(files: SkillFiles): SkillManifest {
  const plugin = files.get('plugin.json')
  const skill = files.get('SKILL.md')
  if (plugin) return readPlugin(fieldsOf(plugin), files)
  if (skill) return readAgentSkill(skill.toString(), files)
  throw new SkillProblem(
    'There is no plugin.json and no SKILL.md, at its root or in its one top folder. Pack the folder that holds one.',
  )
}

function fieldsOf(bytes: Buffer): Fields {
  let read: unknown
  try {
    read = JSON.parse(bytes.toString().replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new SkillProblem(`plugin.json is no JSON: ${(error as Error).message.slice(0, 200)}.`)
  }
  if (!isFields(read)) throw new SkillProblem('plugin.json holds no object.')
  return read
}

function readPlugin(manifest: Fields, files: SkillFiles): SkillManifest {
  const hubId = hubIdOf(manifest)
  const { schema = 'skill-1.0.0' } = manifest
  if (schema !== 'skill-1.0.0')
    throw new SkillProblem(`plugin.json says the schema ${told(schema)}; skill-1.0.0 is what can be run.`)
  if (!files.has('handler.js'))
    throw new SkillProblem('There is no handler.js beside plugin.json, and that is what is run.')
  const entrypoint = objectAt(manifest, 'entrypoint')
  const setup = setupOf(objectAt(manifest, 'setup_args'))
  const seen = seenIn(files)
  const asks = asksOf(seen, setup)
  return {
    hubId,
    name: textOf(manifest.name, 80) ?? hubId,
    description: textOf(manifest.description, 2000) ?? '',
    version: textOf(manifest.version, 40),
    author: textOf(manifest.author, 80),
    format: 'anythingllm',
    setup,
    params: paramsOf(objectAt(entrypoint, 'params', 'entrypoint.')),
    examples: Array.isArray(manifest.examples) ? manifest.examples.slice(0, 20) : [],
    asks,
    warnings: [...ofEntry(entrypoint, files), ...ofSecrets(manifest.setup_args), ...ofCode(seen, asks)],
    instructions: null,
  }
}

function hubIdOf({ hubId }: Fields): string {
  if (typeof hubId === 'string' && /^[a-z0-9][a-z0-9._-]{0,79}$/i.test(hubId)) return hubId
  throw new SkillProblem(
    hubId === undefined
      ? 'plugin.json names no hubId.'
      : `plugin.json says the hubId ${told(hubId)}. It has up to 80 letters, digits, dots, hyphens and underscores.`,
  )
}

const told = (it: unknown) => (JSON.stringify(it) ?? String(it)).slice(0, 100)
const isFields = (it: unknown): it is Fields => typeof it === 'object' && it !== null && !Array.isArray(it)

function objectAt(fields: Fields, key: string, within = ''): Fields {
  const it = fields[key] ?? {}
  // Some write an empty list for "none".
  if (Array.isArray(it) && it.length === 0) return {}
  if (!isFields(it))
    throw new SkillProblem(`plugin.json has ${within}${key} as ${told(it)}, which is no object.`)
  return it
}

function textOf(it: unknown, most: number): string | null {
  const text = typeof it === 'string' || typeof it === 'number' ? String(it).trim() : ''
  return text === '' ? null : text.slice(0, most)
}

const SECRET_NAME = /key|token|secret|passw|credential|auth/i
const isSecret = (key: string, input: Fields) => SECRET_NAME.test(key) || input.type === 'password'

function setupOf(args: Fields): JsonSchema {
  const entries = Object.entries(args).map(([key, it]) => [key, isFields(it) ? it : {}] as const)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, it]) => [key, setupArgument(key, it)])),
    // A value within the manifest is one, as its original loader has it.
    required: entries.filter(([, it]) => it.required === true && !it.value).map(([key]) => key),
  }
}

function setupArgument(key: string, argument: Fields): JsonSchema {
  const input = isFields(argument.input) ? argument.input : {}
  const secret = isSecret(key, input)
  const options = Array.isArray(input.options) ? input.options.map(optionOf).filter((it) => it !== null) : []
  const shown = input.default ?? input.placeholder
  const byDefault = argument.value || argument.default
  return {
    type: typeOf(argument.type, input.type),
    title: textOf(input.label, 80) ?? key,
    ...described(argument.description ?? input.hint ?? input.placeholder),
    ...(options.length > 0 ? { enum: options } : {}),
    ...(secret ? { writeOnly: true } : {}),
    ...(!secret && isPlain(byDefault) && byDefault ? { default: byDefault } : {}),
    ...(!secret && isPlain(shown) ? { examples: [shown] } : {}),
  }
}

const isPlain = (it: unknown): it is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof it)

function optionOf(it: unknown): string | number | boolean | null {
  const value = isFields(it) ? it.value : it
  return isPlain(value) ? value : null
}

const described = (it: unknown) => {
  const description = textOf(it, 500)
  return description === null ? {} : { description }
}

function typeOf(said: unknown, input: unknown): string {
  if (input === 'boolean' || input === 'checkbox' || said === 'boolean') return 'boolean'
  return input === 'number' || said === 'number' || said === 'integer' ? 'number' : 'string'
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object']
const KEPT = ['description', 'default', 'enum', 'items', 'properties', 'minimum', 'maximum', 'format']

function paramsOf(declared: Fields): JsonSchema | null {
  const whole = declared.type === 'object' && isFields(declared.properties) ? declared : null
  const params = whole ? (whole.properties as Fields) : declared
  const entries = Object.entries(params).map(([key, it]) => [key, isFields(it) ? it : {}] as const)
  if (entries.length === 0) return null
  const required = Array.isArray(whole?.required) ? whole.required.filter((it) => typeof it === 'string') : []
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, it]) => [key, paramOf(it)])),
    required: [
      ...new Set([...required, ...entries.filter(([, it]) => it.required === true).map(([key]) => key)]),
    ],
    additionalProperties: false,
  }
}

function paramOf(param: Fields): JsonSchema {
  const type = TYPES.includes(param.type as string) ? { type: param.type } : {}
  return { ...type, ...Object.fromEntries(KEPT.filter((it) => it in param).map((it) => [it, param[it]])) }
}

/** Models and forms send numbers as text: what its schema asks for is what a skill is called with. */
export function coerced(params: Record<string, unknown>, schema: JsonSchema | null): Record<string, unknown> {
  const properties = isFields(schema?.properties) ? schema.properties : {}
  const entries = Object.entries(params).map(([key, value]) => {
    const property = Object.hasOwn(properties, key) ? properties[key] : {}
    return [key, typeof value === 'string' && isFields(property) ? asAsked(value, property.type) : value]
  })
  return Object.fromEntries(entries)
}

function asAsked(text: string, type: unknown): unknown {
  if (type === 'number' || type === 'integer')
    return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : text
  if (type === 'boolean') return { true: true, false: false }[text.trim().toLowerCase()] ?? text
  return text
}

/** The original's: an empty value counts as none, and one that is required and has none is not there at all. */
export function runtimeArgs(setup: JsonSchema, values: Record<string, unknown>): Record<string, unknown> {
  const required = setup.required as string[] | undefined
  return Object.fromEntries(
    Object.entries((setup.properties ?? {}) as Record<string, JsonSchema>)
      .filter(([key]) => values[key] || !required?.includes(key))
      .map(([key, property]) => [key, values[key] || property.default || null]),
  )
}

function asksOf(seen: Seen, setup: JsonSchema): Grants {
  const defaults = Object.values((setup.properties ?? {}) as Record<string, JsonSchema>).flatMap((it) =>
    typeof it.default === 'string' ? hostsIn(it.default) : [],
  )
  return {
    network: [...new Set([...seen.hosts, ...defaults])].sort(),
    privateNetwork: seen.privateHosts.length > 0,
    read: seen.above,
    write: [],
    childProcess: seen.childProcess,
  }
}

function ofEntry({ file }: Fields, files: SkillFiles): string[] {
  if (file === undefined || file === 'handler.js') return []
  const missing = typeof file === 'string' && !files.has(file) ? ', which is not in its folder' : ''
  return [`Its manifest names the entry file ${told(file)}${missing}; handler.js is what is run.`]
}

function ofSecrets(args: unknown): string[] {
  const keys = Object.entries(isFields(args) ? args : {})
    .filter(([key, it]) => isFields(it) && it.value && isSecret(key, isFields(it.input) ? it.input : {}))
    .map(([key]) => key)
  return keys.length === 0
    ? []
    : [
        `Its manifest holds a value for ${someOf(keys)}, readable for all who see the file. Enter it here instead.`,
      ]
}

function ofCode(seen: Seen, { network }: Grants): string[] {
  const when = (holds: boolean, sentence: string) => (holds ? [sentence] : [])
  return [
    ...when(
      seen.requests && network.length === 0,
      'It asks for pages, and no address stands in its code: name the hosts that it may reach.',
    ),
    ...when(
      seen.privateHosts.length > 0,
      `It asks for machines outside the public internet: ${someOf(seen.privateHosts)}.`,
    ),
    ...when(
      seen.childProcess,
      'It starts other programs (child_process). What they do is not held back as the skill itself is: grant it only ' +
        'to code that you would run yourself.',
    ),
    ...when(
      seen.above.length > 0,
      `It reads files beside its folder: ${someOf(seen.above)}. Bundle them, or grant reading them.`,
    ),
    ...when(
      seen.missing.length > 0,
      `It needs modules that are not in its folder: ${someOf(seen.missing)}. Bundle them in node_modules.`,
    ),
    ...when(
      seen.variables.length > 0,
      `It reads environment variables, of which it is given none: ${someOf(seen.variables)}. It has to take them from ` +
        'its setup arguments.',
    ),
    ...when(seen.evaluates, 'It makes code while it runs (eval), which cannot be reviewed here.'),
    ...when(
      seen.unreadable.length > 0,
      `It holds files that people cannot read, binary or minified: ${someOf(seen.unreadable)}.`,
    ),
  ]
}
