/** Filters that somebody gave a name, kept in the browser. Pure but for where they are kept. */

export interface View {
  name: string
  /** The address's query. */
  query: string
}

export const MOST_VIEWS = 20
const keyOf = (slug: string) => `views of runs: ${slug}`

/** What anybody may have put there is read as what it should be. */
export function readViews(text: string | null): View[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(list)) return []
    return list
      .filter((it): it is View => typeof it?.name === 'string' && typeof it?.query === 'string')
      .map(({ name, query }) => ({ name: name.slice(0, 60), query }))
      .slice(0, MOST_VIEWS)
  } catch {
    return []
  }
}

/** A view of the same name gives way. */
export const withView = (views: readonly View[], view: View): View[] =>
  [view, ...views.filter((it) => it.name !== view.name)].slice(0, MOST_VIEWS)

export const loadViews = (slug: string): View[] => readViews(localStorage.getItem(keyOf(slug)))
export const keepViews = (slug: string, views: readonly View[]): void =>
  localStorage.setItem(keyOf(slug), JSON.stringify(views))
