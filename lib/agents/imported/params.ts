/**
 * What a run of a skill is given: judged against what its manifest declares.
 *
 * Promise: where it declares parameters, others are refused; numbers and yes or no are taken as text, too, since
 * forms and models send them so. Where it declares none, any object goes.
 */
import { z } from 'zod'
import { contextOf, type JsonSchema } from '../custom/schema.ts'
import { coerced } from './manifest.ts'

/** As forms are drawn from it. */
export const paramsSchema = (params: JsonSchema | null): JsonSchema => params ?? { type: 'object' }

export function paramsOf(params: JsonSchema | null): z.ZodType<Record<string, unknown>> {
  const judge = contextOf(paramsSchema(params))
  const isObject = (it: unknown) => typeof it === 'object' && it !== null && !Array.isArray(it)
  const typed = (it: unknown) => (isObject(it) ? coerced(it as Record<string, unknown>, params) : it)
  return z.preprocess(typed, judge) as unknown as typeof judge
}

/** The first of a manifest's examples whose call fits, as it would be entered. */
export function exampleOf(examples: readonly unknown[], params: JsonSchema | null): Record<string, unknown> {
  const judge = paramsOf(params)
  for (const it of examples) {
    const { call } = (typeof it === 'object' && it !== null ? it : {}) as { call?: unknown }
    const { success, data } = judge.safeParse(read(call))
    if (success) return data
  }
  return {}
}

function read(call: unknown): unknown {
  if (typeof call !== 'string') return call
  try {
    return JSON.parse(call)
  } catch {
    return undefined
  }
}
