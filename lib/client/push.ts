/**
 * What this browser needs to take notifications, and what stands in the way.
 *
 * Promise: it asks for permission only when somebody pressed for it.
 */
import { browserName } from './browser-name.ts'
import { WORKER } from './worker.ts'

/** A browser as far as this is concerned: what it has, not what it says that it is, wherever that can be told. */
interface Abilities {
  isSecureContext: boolean
  hasPush: boolean
  /** null: it knows no notifications. */
  permission: NotificationPermission | null
  isApple: boolean
}

/** Why this browser cannot, and what can be done; null: it can. */
export function obstacleIn({ isSecureContext, hasPush, permission, isApple }: Abilities): string | null {
  if (!isSecureContext)
    return 'This page is not reached by HTTPS, and browsers take notifications from such pages only. Open Carillon by its https:// address.'
  if (!hasPush || permission === null)
    return isApple
      ? 'On an iPhone or iPad only an installed app can notify. Choose Share, then “Add to Home Screen”, open Carillon from there, and turn it on.'
      : 'This browser knows no notifications of pages. Use another one, or a channel of another kind.'
  if (permission === 'denied')
    return 'Notifications of this page are forbidden in this browser. Allow them in the settings that it has for this page, then load it again.'
  return null
}

export const abilitiesHere = (): Abilities => ({
  isSecureContext: window.isSecureContext,
  hasPush: 'serviceWorker' in navigator && 'PushManager' in window,
  permission: 'Notification' in window ? Notification.permission : null,
  // An iPad says that it is a Mac, of which none is touched.
  isApple:
    /iPhone|iPad/.test(navigator.userAgent) ||
    (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
})

/** Asks for permission, and answers where this browser is reached from now on. */
export async function subscribeHere(publicKey: string) {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('This browser was not allowed to show notifications, so nothing was turned on.')
  await navigator.serviceWorker.register(WORKER)
  const { pushManager } = await navigator.serviceWorker.ready
  // One of another installation that was at this address would take none of this one's.
  await (await pushManager.getSubscription())?.unsubscribe()
  const subscription = await pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    .catch((error: unknown) => {
      throw new Error(`This browser could not reach its push service. ${String((error as Error).message)}`)
    })
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON()
  return { name: browserName(navigator.userAgent), subscription: { endpoint, keys: { p256dh, auth } } }
}

export async function stopHere(): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration()
  await (await worker?.pushManager.getSubscription())?.unsubscribe()
}
