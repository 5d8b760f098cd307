/**
 * What a browser runs when a message for it arrives, also while no page is open: it shows it, and opens its page when
 * it is pressed. It keeps nothing, and stands between no page and the server.
 */
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
