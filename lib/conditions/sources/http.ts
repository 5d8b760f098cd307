/** One value of the JSON that an address answers. What was given in confidence is in no value and in no error. */
import { hidden, hiding } from '../../agents/hiding.ts'
import { decoded } from '../../agents/reading/encoding.ts'
import { NoValue, scalarAt, source } from '../source.ts'

const MOST_BYTES = 1024 * 1024

export const http = source<'http'>({
  kind: 'http',
  async read({ url, method, headers: kept, body, path, as }, { fetch, signal, open }) {
    const headers = await open(kept)
    const hide = hiding(Object.values(headers))
    const answer = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
      signal,
      maxBytes: MOST_BYTES,
    }).catch((error: Error) => {
      signal.throwIfAborted()
      throw new NoValue(hide(error.message))
    })
    const { host } = new URL(answer.url)
    if (answer.status < 200 || answer.status > 299) throw new NoValue(`${host} answers ${answer.status}.`)
    if (answer.truncated) throw new NoValue(`What ${host} answers is longer than 1 MiB.`)
    try {
      return { value: hidden(scalarAt(parsed(decoded(answer), path, as, host), path, as), hide) }
    } catch (error) {
      if (error instanceof NoValue) throw new NoValue(hide(error.message))
      throw error
    }
  },
})

/** A text that is no JSON is what it is, where all of it is asked for. */
function parsed(text: string, path: string, as: string, host: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (path === '' && as === 'text') return text
    throw new NoValue(`What ${host} answers is not JSON.`)
  }
}
