'use strict'
/** What a socket is to `http` and `tls`: its bytes go to the server, which connects or refuses. */
const { Duplex } = require('node:stream')
const { open, send } = require('./channel.cjs')

const PIECE_BYTES = 128 * 1024

class Tunnel extends Duplex {
  constructor({ host, hostname, port, socketPath }) {
    super({ allowHalfOpen: false })
    this.over = false
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
    else if (error !== undefined) this.destroy(new Error(error))
    // What has come is still to be read: the end waits for it.
    else if (!this.over) {
      this.over = true
      this.push(null)
    }
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

module.exports = { Tunnel }
