'use strict'
/**
 * The two pipes to the server: lines of JSON out on 3, in on 4.
 *
 * Promise: each line that leaves begins with the run's token, which is read before the skill is loaded; what the skill
 * writes to the pipe itself does not pass for the runner's. It gains it nothing more: the server trusts no line.
 */
const { writeSync } = require('node:fs')
const { Socket } = require('node:net')

const { parse, stringify } = JSON
const from = Buffer.from
const pause = new Int32Array(new SharedArrayBuffer(4))
const waiting = new Map()
const hearers = new Map()
let token = ''
let lastId = 0

function send(message) {
  const line = from(`${token} ${stringify(message)}\n`)
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(3, line, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, 1)
    }
  }
}

/** Asks the server, and rejects with its sentence. */
function ask(type, content, signal) {
  const id = ++lastId
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      waiting.delete(id)
      send({ type: 'abort', id })
      reject(signal.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
    waiting.set(id, ({ value, error }) => {
      signal?.removeEventListener('abort', stop)
      if (error === undefined) resolve(value)
      else reject(new TypeError(error))
    })
    return send({ type, id, ...content })
  })
}

/** Something that goes on: `hear` is told all that comes under its number. */
function open(hear) {
  const id = ++lastId
  hearers.set(id, hear)
  return { id, close: () => hearers.delete(id) }
}

function take(message) {
  const { id } = message
  const answered = waiting.get(id)
  if (answered) {
    waiting.delete(id)
    answered(message)
  } else hearers.get(id)?.(message)
}

/** The first line is the token and the call. */
function listen(called) {
  let pieces = []
  const line = (text) => {
    const message = parse(text)
    if (token === '') {
      token = message.token
      called(message)
    } else take(message)
  }
  const input = new Socket({ fd: 4, readable: true, writable: false })
  // The server is gone: nobody waits for it any more.
  for (const event of ['error', 'end']) input.on(event, () => process.exit(1))
  input.on('data', (chunk) => {
    let at = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, at)) {
      pieces.push(chunk.subarray(at, end))
      const text = Buffer.concat(pieces).toString()
      pieces = []
      at = end + 1
      line(text)
    }
    if (at < chunk.length) pieces.push(chunk.subarray(at))
  })
}

module.exports = { send, ask, open, listen }
