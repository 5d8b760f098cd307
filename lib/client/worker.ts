/**
 * The one worker beside the pages: it takes notifications, and shows what was seen last where there is no network.
 *
 * Promise: another build brings another worker, and what the one before kept goes.
 */
export const WORKER = `/worker.js?build=${process.env.CARILLON_BUILD ?? 'none'}`

/** So long a page is looked at before it is worth keeping, and it has nothing better to load by then. */
const WORTH_KEEPING_MS = 4_000

/** Registers the worker, and has it keep the page that is open. Answers how to call it off. */
export function keepForOffline(): () => void {
  // Only pages of a secure address may; while somebody develops, every file is another one with each change.
  if (!('serviceWorker' in navigator) || process.env.NODE_ENV !== 'production') return () => {}
  const timer = setTimeout(() => void tellSeen().catch(() => {}), WORTH_KEEPING_MS)
  return () => clearTimeout(timer)
}

async function tellSeen(): Promise<void> {
  await navigator.serviceWorker.register(WORKER)
  const { active } = await navigator.serviceWorker.ready
  if (!navigator.onLine) return
  const files = performance
    .getEntriesByType('resource')
    .map((it) => new URL(it.name))
    .filter((it) => it.origin === location.origin && it.pathname.startsWith('/_next/static/'))
    .map((it) => it.pathname + it.search)
  active?.postMessage({ kind: 'seen', page: location.pathname + location.search, files: [...new Set(files)] })
}

/** Whether the worker can show the page without a network. */
export async function isKept({ pathname, search }: URL): Promise<boolean> {
  if (!('caches' in globalThis)) return false
  return (await caches.match(pathname + search)) !== undefined
}

/** Nothing of what one person saw is there for the next. */
export function forgetSeen(): void {
  navigator.serviceWorker?.controller?.postMessage({ kind: 'forget' })
}
