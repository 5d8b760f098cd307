'use client'
/** How files come to a page: chosen with a button, or dropped anywhere on it. */
import { FileUp } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button, type ButtonProps } from '#components/ui/button.tsx'

export function PickFiles({
  onPick,
  multiple = false,
  children,
  ...props
}: Omit<ButtonProps, 'onClick'> & { onPick(files: File[]): void; multiple?: boolean; children: ReactNode }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple={multiple}
        hidden
        onChange={({ target }) => {
          onPick([...(target.files ?? [])])
          // The same file can be chosen again.
          target.value = ''
        }}
      />
      <Button {...props} onClick={() => input.current?.click()}>
        <FileUp aria-hidden />
        {children}
      </Button>
    </>
  )
}

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false

/** The files of a drop, and the names of folders, which a browser hands over as files without content. */
function dropped(data: DataTransfer): { files: File[]; folders: string[] } {
  const files: File[] = []
  const folders: string[] = []
  for (const item of data.items) {
    const file = item.getAsFile()
    if (file && item.webkitGetAsEntry()?.isDirectory) folders.push(file.name)
    else if (file) files.push(file)
  }
  return { files, folders }
}

export function DropFiles({ onDrop }: { onDrop(it: { files: File[]; folders: string[] }): void }) {
  const [over, setOver] = useState(false)
  const take = useEffectEvent(onDrop)
  useEffect(() => {
    const hold = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    // Between two elements of the page there is another one; outside of the window there is none.
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return
      event.preventDefault()
      setOver(false)
      take(dropped(event.dataTransfer))
    }
    addEventListener('dragenter', hold)
    addEventListener('dragover', hold)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragenter', hold)
      removeEventListener('dragover', hold)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
  if (!over) return null
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-veil p-4">
      <p className="flex items-center gap-3 rounded-xl border-2 border-dashed border-accent bg-raised px-8 py-6 text-lg font-semibold shadow-raised">
        <FileUp aria-hidden className="size-6 text-accent-text" />
        Drop the files to add them
      </p>
    </div>
  )
}
