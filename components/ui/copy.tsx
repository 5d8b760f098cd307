'use client'
/** Text to take away, with a button that copies it. */
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { controlClass } from './control.ts'
import { cn } from './cn.ts'
import { toast } from './toast.tsx'

interface Copied {
  text: string
  label: string
}

export const CopyText = ({ text, label }: Copied) => (
  <div className="flex min-w-0 gap-2">
    <input
      readOnly
      value={text}
      aria-label={label}
      onFocus={(event) => event.currentTarget.select()}
      className={cn(controlClass, 'h-9 font-mono')}
    />
    <CopyButton text={text} label={label} />
  </div>
)

export function CopyButton({ text, label }: Copied) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // The clipboard is closed to pages without https: the text stays selectable.
      toast.message('Select the text and copy it by hand: this browser did not allow it.')
    }
  }
  return (
    <Button onClick={copy} aria-label={`${copied ? 'Copied' : 'Copy'}: ${label.toLowerCase()}`}>
      {copied ? (
        <>
          <Check aria-hidden />
          Copied
        </>
      ) : (
        <>
          <Copy aria-hidden />
          Copy
        </>
      )}
    </Button>
  )
}
