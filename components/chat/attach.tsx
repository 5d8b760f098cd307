'use client'
/** Chooses files to go with a message; what sends them is loaded with the first. */
import { Paperclip } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '#components/ui/button.tsx'

/** `onAttached`: makes of what is written what it is with the files. */
export function Attach({
  slug,
  onAttached,
}: {
  slug: string
  onAttached(change: (text: string) => string): void
}) {
  const input = useRef<HTMLInputElement>(null)
  const [isSending, setSending] = useState(false)
  async function take(files: File[]) {
    if (files.length === 0) return
    setSending(true)
    try {
      const { attach, withLinks } = await import('./attaching.ts')
      const links = await attach(slug, files)
      onAttached((text) => withLinks(text, links))
    } finally {
      setSending(false)
    }
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          void take([...(target.files ?? [])])
          // The same file can be chosen again.
          target.value = ''
        }}
      />
      <Button
        variant="ghost"
        size="icon"
        aria-label="Attach files"
        pending={isSending}
        onClick={() => input.current?.click()}
      >
        <Paperclip aria-hidden />
      </Button>
    </>
  )
}
