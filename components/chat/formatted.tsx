'use client'
/**
 * A text with its markdown. What the server has drawn already is taken as it is; a line without any markdown needs
 * no parser; for the rest the parser is loaded, and until it is there the text stands as it was written.
 */
import { createContext, type ReactNode, Suspense, use, useState } from 'react'
import { isPlain } from './plain.ts'
import { lazily } from '#components/ui/lazily.tsx'

const Markdown = lazily(() => import('./markdown.tsx'))

const Drawn = createContext<ReadonlyMap<string, ReactNode>>(new Map())

/** `drawn[n]` is how the server drew `texts[n]`. */
export function DrawnProvider({
  texts,
  drawn,
  children,
}: {
  texts: readonly string[]
  drawn: readonly ReactNode[]
  children: ReactNode
}) {
  const [known] = useState(() => new Map(texts.map((text, n) => [text, drawn[n]])))
  return <Drawn value={known}>{children}</Drawn>
}

export function Formatted({ text }: { text: string }) {
  const drawn = use(Drawn).get(text)
  if (drawn) return drawn
  const written = <p className="whitespace-pre-wrap wrap-anywhere">{text}</p>
  if (isPlain(text)) return written
  return (
    <Suspense fallback={written}>
      <Markdown text={text} instead={written} />
    </Suspense>
  )
}
