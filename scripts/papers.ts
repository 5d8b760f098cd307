/**
 * The papers hold together: a link leads to a file and a headline that are there, the README is read in one
 * go, and prose is wrapped like the code beside it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const LONGEST_README = 150
const WIDEST = 120
const PAPERS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md', 'docs', 'docs/decisions']

const anchorOf = (headline: string) =>
  headline
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

/** What a paper offers to links, and what it links to. Code is no prose. */
function read(text: string) {
  const prose = text.replace(/^```[\s\S]*?^```/gm, (code) => code.replace(/[^\n]/g, ''))
  return {
    lines: prose.split('\n'),
    anchors: new Set([...prose.matchAll(/^#+ (.+)$/gm)].map(([, it]) => anchorOf(it ?? ''))),
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, it]) => it ?? ''),
  }
}

/** One line for each fault of a paper; `textOf` answers a file's text, null where there is none, '' for a folder. */
export function faultsOfPaper(path: string, textOf: (path: string) => string | null): string[] {
  const { lines, links } = read(textOf(path) ?? '')
  const faults = links.flatMap((link) => {
    if (/^[a-z]+:/.test(link)) return []
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : join(dirname(path), file)
    const text = textOf(target)
    if (text === null) return [`${path} links to ${link}, which is not there`]
    return anchor && !read(text).anchors.has(anchor) ? [`${path} links to ${link}: no such headline`] : []
  })
  if (path === 'README.md' && lines.length > LONGEST_README + 1)
    faults.push(`README.md has ${lines.length - 1} lines, more than ${LONGEST_README}`)
  const wide = lines.flatMap((it, n) => (it.length > WIDEST && !/^\||https?:/.test(it) ? [n + 1] : []))
  if (wide.length > 0) faults.push(`${path} is wider than ${WIDEST} columns in line ${wide.join(', ')}`)
  return faults
}

export function brokenPapers(root: string): string[] {
  const isFolder = (path: string) => !/\.\w+$/.test(path)
  const textOf = (path: string) => {
    if (!existsSync(join(root, path))) return null
    return isFolder(path) || !path.endsWith('.md') ? '' : readFileSync(join(root, path), 'utf8')
  }
  const files = PAPERS.flatMap((it) =>
    isFolder(it)
      ? readdirSync(join(root, it)).flatMap((name) => (name.endsWith('.md') ? [join(it, name)] : []))
      : [it],
  )
  return files.flatMap((it) => faultsOfPaper(it, textOf))
}
