/**
 * Markdown as text, for where a few lines of it stand beside other things.
 *
 * Promise: it is read by what draws it elsewhere, so that the words are the same: without marks, a line for each
 * paragraph, point and row of a table, a link as its words, a picture as what it is called.
 */
import { Children, isValidElement, type ReactNode } from 'react'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'

const PLUGINS = [remarkGfm]

export const runningText = (markdown: string): string =>
  textOf(ReactMarkdown({ children: markdown, remarkPlugins: PLUGINS }))
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim()

interface Drawn {
  children?: ReactNode
  alt?: string
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string') return node
  if (Array.isArray(node)) return node.map(textOf).join('')
  if (!isValidElement<Drawn>(node)) return ''
  const { children, alt } = node.props
  switch (node.type) {
    case 'br':
      return '\n'
    case 'img':
      return alt ?? ''
    case 'li':
      return `\n• ${textOf(children).trim()}\n`
    case 'tr':
      return `\n${cellsOf(children).join(' · ')}\n`
    case 'p':
    case 'pre':
    case 'h1':
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6':
      return `\n${textOf(children)}\n`
    default:
      return textOf(children)
  }
}

/** The corner of a table says nothing; elsewhere a cell without words keeps its place. */
const cellsOf = (row: ReactNode): string[] =>
  Children.toArray(row)
    .filter((it) => isValidElement<Drawn>(it))
    .map((it, n) => textOf(it).trim() || (n === 0 ? '' : '–'))
    .filter((it) => it !== '')
