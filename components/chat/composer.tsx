'use client'
/**
 * Where one writes. Enter sends, Shift+Enter begins a new line;
 * while an input method is composing, Enter is its own.
 */
import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Kbd } from '#components/ui/kbd.tsx'

const MOST = 16_000

export function Composer({ onSend }: { onSend(text: string): void }) {
  const [text, setText] = useState('')
  const left = MOST - text.length
  const sendable = text.trim() !== '' && left >= 0
  function send() {
    if (!sendable) return
    onSend(text.trim())
    setText('')
  }
  function press(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="flex items-end gap-2 rounded-xl border border-edge bg-surface p-1.5 shadow-card focus-within:outline-2 focus-within:outline-focus">
        <textarea
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          rows={1}
          aria-label="Write to the workspace"
          aria-describedby="composer-hint"
          aria-invalid={left < 0 || undefined}
          placeholder="Write to the workspace"
          className="field-sizing-content max-h-48 min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2.5 py-1.5 outline-none"
        />
        <Button type="submit" variant="primary" size="icon" aria-label="Send" disabled={!sendable}>
          <SendHorizontal aria-hidden />
        </Button>
      </div>
      <p id="composer-hint" className="px-1 text-xs text-faint pointer-coarse:sr-only">
        {left < 500 ? (
          <span role="status" className={left < 0 ? 'text-bad' : undefined}>
            {left < 0 ? `${-left} characters too many` : `${left} characters left`}
          </span>
        ) : (
          <>
            <Kbd>Enter</Kbd> sends, <Kbd>Shift</Kbd> + <Kbd>Enter</Kbd> begins a new line
          </>
        )}
      </p>
    </form>
  )
}
