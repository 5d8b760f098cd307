'use client'
/** The files of a skill, to be read before anything of them runs. */
import { Section } from '#components/ui/card.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { formatFixed } from '#components/ui/number.ts'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import type { SkillFile } from '#lib/contract/skill.ts'

const MOST_SHOWN = 100

export function Files({ files }: { files: SkillFile[] }) {
  const more = files.length - MOST_SHOWN
  return (
    <Section id="files" title={files.length === 1 ? 'Its file' : `Its ${files.length} files`}>
      <ul className="flex flex-col divide-y divide-line">
        {inOrder(files)
          .slice(0, MOST_SHOWN)
          .map((it) => (
            <li key={it.path} className="py-1">
              <File file={it} />
            </li>
          ))}
      </ul>
      {more > 0 && <p className="pt-3 text-sm text-faint">and {more} more</p>}
    </Section>
  )
}

/** What runs and says what it is stands first, what is only bundled last. */
const inOrder = (files: SkillFile[]) =>
  [...files].sort((a, b) => rankOf(a.path) - rankOf(b.path) || (a.path < b.path ? -1 : 1))
function rankOf(path: string): number {
  const at = ['handler.js', 'plugin.json', 'SKILL.md'].indexOf(path)
  if (at !== -1) return at
  return path.startsWith('node_modules/') ? 20 : 10
}

function File({ file: { path, bytes, text, truncated } }: { file: SkillFile }) {
  if (text === null)
    return (
      <p className="flex min-h-9 flex-wrap items-center gap-x-2 pl-6 font-mono text-sm wrap-anywhere">
        {path} <span className="font-sans text-faint">{sizeOf(bytes)}, no text</span>
      </p>
    )
  return (
    <Disclosure title={<span className="font-mono text-sm wrap-anywhere">{path}</span>} aside={sizeOf(bytes)}>
      <LongText label={path} text={text} />
      {truncated && <p className="pb-2 text-sm text-warn">It goes on: only its beginning is shown here.</p>}
    </Disclosure>
  )
}

const sizeOf = (bytes: number) => (bytes < 1024 ? `${bytes} B` : `${formatFixed(bytes / 1024, 1)} KiB`)

/** Whole lines, and the marks that turn text round as what they are: nothing of it hides. */
export const LongText = ({ label, text }: { label: string; text: string }) => (
  <ScrollRegion aria-label={label} className="my-2 max-h-96 overflow-auto rounded-md bg-sunken">
    <pre className="p-3 font-mono text-xs whitespace-pre-wrap wrap-anywhere">{plain(text)}</pre>
  </ScrollRegion>
)

const TURNS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const plain = (text: string) =>
  text.replace(TURNS, (it) => `\u27e8U+${it.charCodeAt(0).toString(16).toUpperCase()}\u27e9`)
