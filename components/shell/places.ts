/**
 * Where somebody has scrolled to, by the entry of the browser's history: known again on the way back and after a
 * reload, another for each page that is opened.
 */

/** Runs before anything else: a link may be pressed before the page is awake, and leads away from its place, too. */
export const KEEP_PLACES = `addEventListener('scroll', ({ target }) => {
  const entry = globalThis.navigation?.currentEntry?.key
  if (entry && target.id === 'content') sessionStorage.setItem('place ' + entry, target.scrollTop)
}, { capture: true, passive: true })`

/** In pixels from the top. */
export const keptPlace = (): number =>
  Number(sessionStorage.getItem(`place ${globalThis.navigation?.currentEntry?.key}`) ?? 0)
