/** Arithmetic, done instead of guessed. */
import { z } from 'zod'
import { tool, ToolProblem } from './tool.ts'

export default tool({
  name: 'calculate',
  description:
    'Works out an expression of numbers, + - * / % ^, brackets, and min, max, round, floor, ceil, abs, sqrt.',
  input: z.strictObject({ expression: z.string().trim().min(1).max(500) }),
  effect: 'read',
  repeat: 'safe',
  untrusted: false,
  says: ({ expression }) => `Works out ${expression}`,
  run: async ({ expression }) => ({ value: resultOf(expression) }),
})

const FUNCTIONS: Record<string, (...numbers: number[]) => number> = {
  min: Math.min,
  max: Math.max,
  round: (n, places = 0) => Math.round(n * 10 ** places) / 10 ** places,
  floor: Math.floor,
  ceil: Math.ceil,
  abs: Math.abs,
  sqrt: Math.sqrt,
}

/** @throws ToolProblem where it is no expression, or has no finite value. */
export function resultOf(expression: string): number {
  const tokens = expression.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|[a-z]+|[-+*/%^(),]|\S/gi) ?? []
  let at = 0
  const next = () => tokens[at]
  const take = (token: string) => next() === token && ++at > 0
  const fail = (): never => {
    throw new ToolProblem(
      `"${expression}" cannot be worked out: ${next() ? `“${next()}” is in its way` : 'it breaks off'}.`,
    )
  }
  const demand = (token: string) => take(token) || fail()

  function sum(): number {
    let value = product()
    for (;;) {
      if (take('+')) value += product()
      else if (take('-')) value -= product()
      else return value
    }
  }
  function product(): number {
    let value = signed()
    for (;;) {
      if (take('*')) value *= signed()
      else if (take('/')) value /= signed()
      else if (take('%')) value %= signed()
      else return value
    }
  }
  // As on paper: -2 ^ 2 is -4.
  function signed(): number {
    return take('-') ? -signed() : power()
  }
  function power(): number {
    const base = single()
    return take('^') ? base ** signed() : base
  }
  function single(): number {
    if (take('(')) {
      const value = sum()
      demand(')')
      return value
    }
    const token = next() ?? fail()
    at++
    if (/^\d/.test(token)) return Number(token)
    const named = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token] : undefined
    if (!named) {
      at--
      return fail()
    }
    demand('(')
    const given = [sum()]
    while (take(',')) given.push(sum())
    demand(')')
    return named(...given)
  }

  const value = sum()
  if (at < tokens.length) fail()
  if (!Number.isFinite(value)) throw new ToolProblem(`"${expression}" has no finite value.`)
  return value
}
