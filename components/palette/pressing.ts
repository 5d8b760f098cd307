/** What a key means on the page that is open. A control says its own: `aria-keyshortcuts="n"`. */
import type { Press } from '#components/shell/keys.tsx'

/** So long `g` waits for where to. */
const PATIENCE_MS = 1_500

/** `g h` is two presses: what the later means after the earlier. Pure. */
export const isAfterG = (before: Press | undefined, it: Press): boolean =>
  before?.key === 'g' && it.atMs - before.atMs <= PATIENCE_MS

const isThere = (it: HTMLElement) =>
  it.getClientRects().length > 0 && !it.matches(':disabled, [aria-disabled="true"]')

/** The controls of this page that have keys, each by its first. */
export function controlsHere(): { key: string; control: HTMLElement }[] {
  const controls = [...document.querySelectorAll<HTMLElement>('[aria-keyshortcuts]')].filter(isThere)
  const found = new Map<string, HTMLElement>()
  for (const control of controls)
    for (const key of control.getAttribute('aria-keyshortcuts')?.split(' ') ?? [])
      if (!found.has(key)) found.set(key, control)
  return [...found].map(([key, control]) => ({ key, control }))
}

export const labelOf = (it: HTMLElement): string =>
  (it.getAttribute('aria-label') ?? it.title ?? '').trim() || it.textContent?.trim() || ''

/** False: nothing here has that key. */
export function pressHere(key: string): boolean {
  const { control } = controlsHere().find((it) => it.key === key) ?? {}
  if (!control) return false
  if (control instanceof HTMLInputElement) {
    control.focus()
    control.select()
  } else control.click()
  return true
}

/** The rows of the list on the page, by the link that each of them leads with. */
function rowsHere(): HTMLElement[] {
  const rows = document.querySelectorAll('main tbody tr, main [data-row]')
  return [...rows].flatMap((it) => it.querySelector<HTMLElement>('a[href]') ?? []).filter(isThere)
}

/** From the row that has the focus to the next one, or back; from nowhere to the first. */
export function moveRow(by: 1 | -1): void {
  const rows = rowsHere()
  const here = document.activeElement?.closest('tr, [data-row]')
  const at = rows.findIndex((it) => it.closest('tr, [data-row]') === here)
  const to = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]
  to?.focus()
  to?.scrollIntoView({ block: 'nearest' })
}
