/**
 * What a browser runs beside the pages, also while none is open.
 *
 * Promise: with a network, whatever is shown is the server's answer, never a kept one; without, the last one is better
 * than none. What is kept is of one build and one person: another build, signing out and a session that has ended
 * leave nothing of it.
 */
const BUILD = new URL(self.location.href).searchParams.get('build') ?? 'none'
/** Files whose names change with their content. */
const FILES = `files of ${BUILD}`
/** Pages and answers, as they were seen last. */
const SEEN = `seen with ${BUILD}`
const OFFLINE = '/offline.html'
/** All files of a build, by name: also those that only a press would load. */
const LIST = `/_next/static/files.json?build=${BUILD}`
/** The oldest of what is more goes first. */
const MOST_SEEN = 200

/** What was asked for before somebody left is not kept after it. */
let times = 0
function forget() {
  times++
  return caches.delete(SEEN)
}

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(FILES).then((it) => it.addAll([OFFLINE, '/icon.svg'])))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(onlyOwn().then(() => self.clients.claim()))
})

async function onlyOwn() {
  const names = await caches.keys()
  await Promise.all(names.filter((it) => it !== FILES && it !== SEEN).map((it) => caches.delete(it)))
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) {
    if (url.pathname === '/api/auth/sign-out') event.waitUntil(forget())
    return
  }
  if (url.pathname.startsWith('/_next/static/')) event.respondWith(file(request))
  else if (request.mode === 'navigate') event.respondWith(page(request, url))
  else if (isKeptAnswer(url)) event.respondWith(answer(request, url))
})

/** A page names what it has loaded before this worker stood beside it, and itself. */
self.addEventListener('message', (event) => {
  if (event.data?.kind === 'forget') event.waitUntil(forget())
  if (event.data?.kind === 'seen') event.waitUntil(keepAll(event.data.page, event.data.files).then(keepBuild))
})

async function keepAll(shown, files) {
  const since = times
  await Promise.allSettled(files.map(keepFile))
  const url = new URL(shown, self.location.origin)
  const response = await fetch(url, { credentials: 'same-origin' }).catch(() => null)
  if (response && isPage(response, url)) await keep(url, response, since)
}

async function keepFile(path) {
  const kept = await caches.open(FILES)
  if (!(await kept.match(path))) await kept.add(path)
}

/** One after the other, and once: nobody waits for them. */
let isBuildKept = false
async function keepBuild() {
  if (isBuildKept) return
  isBuildKept = true
  try {
    const response = await fetch(LIST)
    if (!response.ok) return
    for (const it of await response.json()) await keepFile(it)
  } catch {
    // The network is gone: the rest comes with the next page that is looked at.
    isBuildKept = false
  }
}

/** The name says what is in it. */
async function file(request) {
  const kept = await caches.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await (await caches.open(FILES)).put(request, response.clone())
  return response
}

const isPage = (response, url) => response.ok && !response.redirected && url.pathname.startsWith('/w/')
/** Where nobody is signed in, or becomes somebody: whoever goes on from there is perhaps another. */
const isDoor = ({ pathname }) => pathname !== '/' && !/^\/(w|api)\//.test(pathname)
/** Where something stands on a page is no other page. */
const nameOf = (url) => url.pathname + url.search

async function page(request, url) {
  const since = times
  try {
    const response = await fetch(request)
    if (isDoor(url)) await forget()
    if (isPage(response, url)) await keep(url, response.clone(), since)
    return response
  } catch {
    const seen = await caches.open(SEEN)
    const known = (await seen.match(nameOf(url))) ?? (url.pathname === '/' ? await last(seen) : undefined)
    return known ?? (await caches.match(OFFLINE)) ?? Response.error()
  }
}

/** Where an installed app begins leads on: to the page that was open last. */
async function last(seen) {
  const pages = (await seen.keys()).map((it) => new URL(it.url)).filter((it) => it.pathname.startsWith('/w/'))
  const newest = pages.at(-1)
  return newest && Response.redirect(newest.href)
}

/** What pages read; not what concerns the moment, and no file. */
const isKeptAnswer = ({ pathname }) =>
  (pathname === '/api/me' || pathname === '/api/scheduler' || pathname.startsWith('/api/workspace/')) &&
  !/\/(events|content|export)$/.test(pathname)

async function answer(request, url) {
  const since = times
  try {
    const response = await fetch(request)
    if (response.status === 401) await forget()
    else if (response.ok) await keep(url, response.clone(), since)
    return response
  } catch (error) {
    const known = await (await caches.open(SEEN)).match(nameOf(url))
    if (known) return known
    throw error
  }
}

/** The last to be kept stands last. `since`: how often somebody had left when it was asked for. */
async function keep(url, response, since) {
  const seen = await caches.open(SEEN)
  if (since !== times) return
  const name = nameOf(url)
  await seen.delete(name)
  await seen.put(name, response)
  const all = await seen.keys()
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST_SEEN)).map((it) => seen.delete(it)))
}

/** A message for this browser is shown, and its page opened when it is pressed. */
self.addEventListener('push', (event) => {
  const { title, text, tag, url } = messageIn(event.data)
  event.waitUntil(self.registration.showNotification(title, { body: text, tag, data: { url } }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(ownPage(event.notification.data?.url)))
})

/** A browser that shows nothing for a message may be told nothing more: what cannot be read is shown as that. */
function messageIn(data) {
  try {
    const { title, text, tag, url } = data.json()
    if (typeof title === 'string') return { title, text, tag, url }
  } catch {}
  return { title: 'Carillon has news', text: 'Open it to see what.', tag: 'carillon', url: '/' }
}

/** Always of this installation, by the address under which this browser knows it. */
function ownPage(url) {
  try {
    const { pathname, search, hash } = new URL(url ?? '/', self.location.origin)
    return new URL(`${self.location.origin}${pathname}${search}${hash}`).href
  } catch {}
  return new URL('/', self.location.origin).href
}

async function open(page) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const there = windows.find((it) => it.url === page)
  return there ? there.focus() : self.clients.openWindow(page)
}
