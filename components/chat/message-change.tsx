'use client'
/** A message while its words are changed, or before they are taken away. Loaded when somebody asks for it. */
import { type KeyboardEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import type { Message } from '#lib/contract/message.ts'
import { useChangeMessage, useDeleteMessage } from '#lib/client/messages.ts'

interface ChangeProps {
  slug: string
  message: Message
  doing: 'edit' | 'delete'
  done(): void
}

export default function MessageChange({ doing, ...props }: ChangeProps) {
  return doing === 'edit' ? <Editor {...props} /> : <Deletion {...props} />
}

function Editor({ slug, message, done }: Omit<ChangeProps, 'doing'>) {
  const [text, setText] = useState(message.text)
  // As it was when the pen was put to it: what somebody else changes meanwhile is not overwritten.
  const [version] = useState(message.version)
  const change = useChangeMessage(slug)
  const save = () => {
    if (text.trim() === '' || change.isPending) return
    if (text.trim() === message.text) return done()
    change.mutate({ id: message.id, text: text.trim(), version }, { onSuccess: done })
  }
  function press(event: KeyboardEvent) {
    if (event.key === 'Escape') done()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    save()
  }
  return (
    <form
      className="mt-1 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <textarea
        // biome-ignore lint/a11y/noAutofocus: it stands where the reader has just asked to write
        autoFocus
        aria-label="The words of the message"
        value={text}
        maxLength={16_000}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
        className="field-sizing-content max-h-60 min-h-9 w-full resize-none rounded-lg border border-edge bg-surface px-2.5 py-1.5"
      />
      {change.error && (
        <p role="alert" className="text-sm text-bad">
          {change.error.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" size="sm" pending={change.isPending} disabled={!text.trim()}>
          Save
        </Button>
        <Button size="sm" onClick={done}>
          Leave it as it was
        </Button>
      </div>
    </form>
  )
}

function Deletion({ slug, message, done }: Omit<ChangeProps, 'doing'>) {
  const remove = useDeleteMessage(slug)
  return (
    <Confirm
      open
      onOpenChange={(open) => {
        if (!open) done()
      }}
      title="Delete this message?"
      confirmLabel="Delete"
      cancelLabel="Keep it"
      danger
      onConfirm={() => remove.mutateAsync(message.id)}
    >
      Its words are gone for everybody. That there was a message stays to be seen.
    </Confirm>
  )
}
