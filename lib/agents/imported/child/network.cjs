'use strict'
/**
 * The network as skills know it, carried by the server: `fetch` whole, `http` and `https` as bytes. The process itself
 * can open no connection. Node's modules are loaded when the skill asks for them: they are half of its start.
 */
const { ask } = require('./channel.cjs')

const MOST_BODY_BYTES = 5 * 1024 ** 2
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
  const response = new Response(content, {
    status,
    statusText: require('node:http').STATUS_CODES[status] ?? '',
    headers,
  })
  return Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } })
}

/** What is done to a module of Node's when the skill first asks for it. */
function carriers(certificates) {
  return {
    http() {
      const { Tunnel } = require('./tunnel.cjs')
      require('node:http').Agent.prototype.createConnection = (options) => new Tunnel(options)
    },
    https() {
      const { Tunnel } = require('./tunnel.cjs')
      const tls = require('node:tls')
      require('node:https').Agent.prototype.createConnection = (options) =>
        tls.connect({ ...options, socket: new Tunnel(options) })
      if (certificates.length > 0)
        tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...certificates])
    },
  }
}

function carryFetch() {
  globalThis.fetch = carriedFetch
}

module.exports = { carriers, carryFetch }
