'use client'
/** The parts of the page, each one press away: beside them where there is room, else folded away above them. */
import { useState } from 'react'
import { Disclosure } from '#components/ui/disclosure.tsx'
import type { Section } from './sections.ts'

export interface Group {
  title: string
  sections: readonly Section[]
}

export function Within({ groups }: { groups: readonly Group[] }) {
  const [open, setOpen] = useState(false)
  const list = <Parts groups={groups} onPress={() => setOpen(false)} />
  return (
    <>
      <nav
        aria-label="On this page"
        className="sticky top-0 hidden max-h-[calc(100dvh-1rem)] w-52 shrink-0 self-start overflow-y-auto py-2 xl:block"
      >
        {list}
      </nav>
      <nav
        aria-label="On this page"
        data-bar
        className="sticky top-0 z-10 -mx-4 border-b border-line bg-ground px-4 py-1 sm:-mx-8 sm:px-8 xl:hidden"
      >
        <Disclosure title="On this page" open={open} onOpenChange={setOpen} className="text-sm">
          {/* Over the page: what a press leads to stays where it is when the list closes. */}
          <div className="absolute inset-x-0 top-full max-h-[60dvh] overflow-y-auto border-y border-line bg-ground px-4 pt-3 sm:px-8">
            {list}
          </div>
        </Disclosure>
      </nav>
    </>
  )
}

const Parts = ({ groups, onPress }: { groups: readonly Group[]; onPress(): void }) => (
  <div className="flex flex-col gap-4 pb-3 sm:max-xl:flex-row sm:max-xl:gap-8">
    {groups.map(({ title, sections }) => (
      <div key={title} className="flex flex-col gap-1 sm:max-xl:flex-1">
        {groups.length > 1 && <p className="px-2 text-xs font-medium text-faint">{title}</p>}
        <ul className="flex flex-col">
          {sections.map((it) => (
            <li key={it.id}>
              <a
                href={`#${it.id}`}
                onClick={onPress}
                className="flex min-h-8 items-center rounded-md px-2 text-sm text-soft hover:bg-hover hover:text-ink pointer-coarse:min-h-11"
              >
                {it.label}
              </a>
            </li>
          ))}
        </ul>
      </div>
    ))}
  </div>
)
