/**
 * An agent's JSON Schema, read as the fields of a form.
 *
 * Promise: whatever the schema says there is a way to fill
 * it in; what has no control of its own is edited as JSON.
 */

export type Control =
  | { kind: 'line' }
  /** Written, and never read again. */
  | { kind: 'secret' }
  | { kind: 'prose' }
  | { kind: 'flag' }
  | { kind: 'list' }
  | { kind: 'json' }
  /** A text, or JSON where it begins like JSON. */
  | { kind: 'mixed'; long: boolean }
  | { kind: 'number'; least: number | undefined; most: number | undefined }
  | { kind: 'time' }
  | { kind: 'zone' }
  | { kind: 'choice'; choices: readonly string[]; labels?: Labels | undefined }
  | { kind: 'choices'; choices: readonly string[]; labels?: Labels | undefined }
  | { kind: 'group'; fields: readonly ContextField[] }

/** What stands for a choice, where it is no word itself. */
export type Labels = Readonly<Record<string, string>>

export interface ContextField {
  path: readonly string[]
  label: string
  hint: string | undefined
  required: boolean
  /** What holds when nothing is said. */
  fallback: unknown
  control: Control
}

interface Schema {
  type?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  title?: string
  labels?: Labels
  /** It may be left open, but nothing works before it is filled in. */
  needed?: boolean
  description?: string
  default?: unknown
  format?: string
  writeOnly?: boolean
  maxLength?: number
  minimum?: number
  maximum?: number
}

const LONGEST_LINE = 500

/** "includeSections" is read as "Include sections". */
const labelOf = (name: string) => {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/\b(url|json|id|http|api)\b/gi, (it) =>
    it.toUpperCase(),
  )
}

const textsOnly = (values: readonly unknown[] | undefined): values is readonly string[] =>
  values !== undefined && values.length > 0 && values.every((it) => typeof it === 'string')

function controlOf(schema: Schema, path: readonly string[]): Control {
  if (textsOnly(schema.enum)) return { kind: 'choice', choices: schema.enum, labels: schema.labels }
  if (schema.anyOf?.some((it) => it.type === 'string'))
    return schema.anyOf.every((it) => it.type === 'string')
      ? { kind: 'line' }
      : { kind: 'mixed', long: false }
  if (!schema.anyOf && schema.type === undefined) return { kind: 'mixed', long: true }
  switch (schema.type) {
    case 'string':
      return textControl(schema)
    case 'number':
    case 'integer':
      return { kind: 'number', least: schema.minimum, most: schema.maximum }
    case 'boolean':
      return { kind: 'flag' }
    case 'array':
      return listControl(schema)
    case 'object':
      return groupControl(schema, path)
    default:
      return { kind: 'json' }
  }
}

function textControl({ writeOnly, format, maxLength = 0 }: Schema): Control {
  if (writeOnly) return { kind: 'secret' }
  if (format === 'time') return { kind: 'time' }
  if (format === 'timezone') return { kind: 'zone' }
  return { kind: !format && maxLength > LONGEST_LINE ? 'prose' : 'line' }
}

function listControl({ items, labels }: Schema): Control {
  if (textsOnly(items?.enum)) return { kind: 'choices', choices: items.enum, labels }
  return { kind: items?.type === 'string' ? 'list' : 'json' }
}

/** One level only: deeper forms are harder to read than JSON. */
function groupControl(schema: Schema, path: readonly string[]): Control {
  if (!schema.properties || path.length >= 2) return { kind: 'json' }
  return { kind: 'group', fields: fieldsIn(schema, path) }
}

const fieldsIn = (schema: Schema, parent: readonly string[]): ContextField[] =>
  Object.entries(schema.properties ?? {}).map(([name, it]) => {
    const path = [...parent, name]
    return {
      path,
      label: it.title ?? labelOf(name),
      hint: it.description,
      required: schema.required?.includes(name) || it.needed === true,
      fallback: it.default,
      control: controlOf(it, path),
    }
  })

/** What the form calls a field, such as "filter.from": the title it was given, or its name as words. */
export function titleOf(path: string, input: Record<string, unknown> = {}): string {
  let schema: Schema | undefined = input as Schema
  const titles = path.split('.').map((name) => {
    schema = schema?.properties?.[name]
    return schema?.title ?? labelOf(name)
  })
  return titles.join(' › ')
}

export const fieldsOf = (input: Record<string, unknown>): ContextField[] => fieldsIn(input as Schema, [])

/**
 * A value that is of another kind than the control expects is edited as JSON, so that it is seen as it is.
 */
export function fitting(control: Control, value: unknown): Control {
  const fits = value === undefined || isOf(control, value)
  return fits ? control : { kind: 'json' }
}

function isOf(control: Control, value: unknown): boolean {
  switch (control.kind) {
    case 'line':
    case 'secret':
    case 'prose':
    case 'time':
    case 'zone':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number'
    case 'flag':
      return typeof value === 'boolean'
    case 'choice':
      return control.choices.includes(value as string)
    case 'choices':
      return Array.isArray(value) && value.every((it) => control.choices.includes(it))
    case 'list':
      return Array.isArray(value) && value.every((it) => typeof it === 'string' && !it.includes('\n'))
    case 'group':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'mixed':
    case 'json':
      return true
  }
}

export function textOf(control: Control, value: unknown): string {
  if (value === undefined) return ''
  if (control.kind === 'list' && Array.isArray(value)) return value.join('\n')
  if (control.kind === 'mixed' && typeof value === 'string' && readMixed(value).value === value) return value
  return control.kind === 'json' || control.kind === 'mixed' ? JSON.stringify(value, null, 2) : String(value)
}

export type Reading = { ok: true; value: unknown } | { ok: false; message: string; value?: undefined }

/** An empty text means that nothing is said. */
export function readText(control: Control, text: string): Reading {
  if (text.trim() === '') return { ok: true, value: undefined }
  if (control.kind === 'number') {
    const value = Number(text)
    return Number.isFinite(value) ? { ok: true, value } : { ok: false, message: `"${text}" is not a number.` }
  }
  if (control.kind === 'list')
    return {
      ok: true,
      value: text
        .split('\n')
        .map((it) => it.trim())
        .filter(Boolean),
    }
  if (control.kind === 'json') return readJson(text)
  if (control.kind === 'mixed') return readMixed(text)
  return { ok: true, value: text }
}

/** A slip in what is meant as JSON must not be sent as a text. */
function readMixed(text: string): Reading {
  const reading = readJson(text)
  return reading.ok || /^\s*[[{"]/.test(text) ? reading : { ok: true, value: text }
}

export function readJson(text: string): Reading {
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch (error) {
    return { ok: false, message: `This is not valid JSON: ${(error as Error).message}` }
  }
}
