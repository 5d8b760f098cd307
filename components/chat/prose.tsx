'use client'
/** A message's text. Long ones are folded. */
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Formatted } from './formatted.tsx'

const LONG = 1600
const MANY_LINES = 28

/** `keepLines`: a line break that was typed is a line break that is shown. */
export function Prose({ text, keepLines = false }: { text: string; keepLines?: boolean | undefined }) {
  const long = text.length > LONG || text.split('\n', MANY_LINES + 1).length > MANY_LINES
  const [open, setOpen] = useState(false)
  const folded = long && !open
  return (
    <div className="min-w-0">
      <div
        className={cn(
          folded && 'max-h-72 overflow-hidden mask-b-from-60%',
          keepLines && '[&_p]:whitespace-pre-line',
        )}
        inert={folded || undefined}
      >
        <Formatted text={text} />
      </div>
      {long && (
        <Button
          variant="link"
          size="inline"
          className="mt-1.5 text-sm"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Show less' : 'Show all of it'}
        </Button>
      )}
    </div>
  )
}
