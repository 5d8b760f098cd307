'use client'
/** Files that go with a message: chosen, dropped or pasted. What sends them is loaded with the first. */
import { Paperclip } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, useRef, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { sayMissing } from '#components/ui/lazily.tsx'

interface Attaching {
  isSending: boolean
  take(files: readonly File[]): void
}

/** `onAttached`: makes of what is written what it is with the files. */
export function useAttaching(
  slug: string,
  onAttached: (change: (text: string) => string) => void,
): Attaching {
  // Another file may be dropped while one is on its way.
  const [sending, setSending] = useState(0)
  async function send(files: readonly File[]) {
    setSending((it) => it + 1)
    try {
      const part = await import('./attaching.ts').catch(sayMissing)
      if (!part) return
      const { attach, withLinks } = part
      const links = await attach(slug, files)
      onAttached((text) => withLinks(text, links))
    } finally {
      setSending((it) => it - 1)
    }
  }
  return { isSending: sending > 0, take: (files) => void (files.length > 0 && send(files)) }
}

/** For what files are dropped or pasted on. A picture that office programs put beside words of theirs is not meant. */
export const takesFiles = ({ take }: Attaching) => ({
  onPaste(event: ClipboardEvent) {
    const { files, types } = event.clipboardData
    if (files.length === 0 || (types.includes('text/plain') && types.includes('text/html'))) return
    event.preventDefault()
    take([...files])
  },
  onDragOver(event: DragEvent) {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault()
  },
  onDrop(event: DragEvent) {
    if (event.dataTransfer.files.length === 0) return
    event.preventDefault()
    take([...event.dataTransfer.files])
  },
})

export function Attach({ take, isSending }: Attaching) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          take([...(target.files ?? [])])
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
