'use strict'
/**
 * The network as skills know it, carried by the server: `fetch` whole, `http` and `https` as bytes. The process itself
 * can open no connection.
 */
const http = require('node:http')
const https = require('node:https')
const { Duplex } = require('node:stream')
const tls = require('node:tls')
const { ask, open, send } = require('./channel.cjs')

const MOST_BODY_BYTES = 5 * 1024 ** 2
const PIECE_BYTES = 128 * 1024
const NO_BODY = [101, 103, 204, 205, 304]
const platformFetch = globalThis.fetch

async function carriedFetch(input, init) {
  const request = new Request(input, init)
  if (!/^https?:/.test(request.url)) return platformFetch(request)
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer())
  if (body && body.length > MOST_BODY_BYTES) throw new TypeError('It sends more than 5 MB in one request.')
  const answer = await ask(
    'fetch',
    {
      url: request.url,
      method: request.method,
      headers: [...request.headers],
      body: body ? body.toString('base64') : null,
      redirect: request.redirect,
    },
    request.signal,
  )
  const { status, headers, url, redirected } = answer
  const content = NO_BODY.includes(status) ? null : Buffer.from(answer.body, 'base64')
  const response = new Response(content, { status, statusText: http.STATUS_CODES[status] ?? '', headers })
  return Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } })
}

/** What a socket is to `http` and `tls`. */
class Tunnel extends Duplex {
  constructor({ host, hostname, port, socketPath }) {
    super()
    this.connecting = true
    this.remoteAddress = host ?? hostname ?? 'localhost'
    this.remotePort = Number(port)
    this.line = open((message) => this.hear(message))
    if (socketPath) process.nextTick(() => this.destroy(new Error('It opens a socket of this machine.')))
    else send({ type: 'open', id: this.line.id, host: this.remoteAddress, port: this.remotePort })
  }

  hear({ type, bytes, error }) {
    if (type === 'opened') {
      this.connecting = false
      this.emit('connect')
      this.emit('ready')
    } else if (type === 'data') this.push(Buffer.from(bytes, 'base64'))
    else if (type === 'end') this.push(null)
    else this.destroy(error === undefined ? undefined : new Error(error))
  }

  _read() {}

  _write(chunk, _, done) {
    if (this.connecting) return void this.once('connect', () => this._write(chunk, _, done))
    for (let at = 0; at < chunk.length; at += PIECE_BYTES)
      send({ type: 'data', id: this.line.id, bytes: chunk.subarray(at, at + PIECE_BYTES).toString('base64') })
    return done()
  }

  _final(done) {
    if (this.connecting) return void this.once('connect', () => this._final(done))
    send({ type: 'end', id: this.line.id })
    return done()
  }

  _destroy(error, done) {
    clearTimeout(this.timer)
    this.line.close()
    send({ type: 'close', id: this.line.id })
    done(error)
  }

  setTimeout(ms, ring) {
    clearTimeout(this.timer)
    if (ring) this.once('timeout', ring)
    if (ms > 0) this.timer = setTimeout(() => this.emit('timeout'), ms)
    return this
  }

  destroySoon() {
    if (this.writable) this.end()
    this.once('finish', () => this.destroy())
  }

  setNoDelay() {
    return this
  }

  setKeepAlive() {
    return this
  }

  ref() {
    return this
  }

  unref() {
    return this
  }
}

function carryNetwork(certificates) {
  globalThis.fetch = carriedFetch
  http.Agent.prototype.createConnection = (options) => new Tunnel(options)
  https.Agent.prototype.createConnection = (options) =>
    tls.connect({ ...options, socket: new Tunnel(options) })
  if (certificates.length > 0)
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...certificates])
}

module.exports = { carryNetwork }
