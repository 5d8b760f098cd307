/** On the server: a page with the markdown of its texts drawn, so that it is whole before any script runs. */
import type { ReactNode } from 'react'
import { DrawnProvider } from './formatted.tsx'
import Markdown from './markdown.tsx'
import { isPlain } from './plain.ts'

export function drawnWith(texts: readonly string[], page: ReactNode) {
  const marked = [...new Set(texts)].filter((it) => !isPlain(it))
  const drawn = marked.map((it) => <Markdown key={it} text={it} />)
  return (
    <DrawnProvider texts={marked} drawn={drawn}>
      {page}
    </DrawnProvider>
  )
}
