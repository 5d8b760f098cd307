/**
 * Where somebody has scrolled to, by the entry of the browser's history: known again on the way back and after a
 * reload, another for each page that is opened.
 */

/**
 * Runs before anything else: a link may be pressed before the page is awake, and leads away from its place, too. On the
 * way back the address is that of the next page while the last one is still drawn: what moves then is nobody's place.
 */
export const KEEP_PLACES = `addEventListener('scroll', ({ target }) => {
  const entry = globalThis.navigation?.currentEntry?.key
  if (!entry || target.id !== 'content') return
  if ((target.dataset.page ?? location.pathname) !== location.pathname) return
  sessionStorage.setItem('place ' + entry, target.scrollTop)
}, { capture: true, passive: true })`

/** From now on it draws the page of this address. */
export function markPage(box: HTMLElement): void {
  box.dataset.page = location.pathname
}

/** In pixels from the top. */
export const keptPlace = (): number =>
  Number(sessionStorage.getItem(`place ${globalThis.navigation?.currentEntry?.key}`) ?? 0)
