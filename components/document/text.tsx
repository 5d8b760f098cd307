'use client'
/** What a document says, as plain text whatever stands in it; a long one is shown in full when it is asked for. */
import { formatNumber } from '#components/ui/number.ts'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { partsOf } from './words.ts'

const PART = 6000

export function DocumentText({ text }: { text: string }) {
  const [all, setAll] = useState(false)
  const parts = partsOf(text, PART)
  const shown = all ? parts : parts.slice(0, 1)
  return (
    <div className="flex flex-col gap-3">
      <div className="rounded-lg bg-sunken px-4 py-3">
        {shown.map((it, n) => (
          <pre
            // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing but their place
            key={n}
            className="font-sans text-sm whitespace-pre-wrap [contain-intrinsic-size:auto_1800px] wrap-anywhere"
            style={n > 0 ? { contentVisibility: 'auto' } : undefined}
          >
            {it}
          </pre>
        ))}
      </div>
      {shown.length < parts.length && (
        <Button size="sm" className="self-start" onClick={() => setAll(true)}>
          Show all {formatNumber(text.length)} characters
        </Button>
      )}
    </div>
  )
}
