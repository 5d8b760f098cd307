'use client'
/** Takes a zip, by a button or dropped; what became of it is looked at next. */
import { FileUp } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type DragEvent, useRef, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useImportSkill } from '#lib/client/skills.ts'

const MOST_MB = 10

/** Before a byte leaves. */
function refusalOf(file: File): string | null {
  if (!/\.zip$/i.test(file.name)) return `“${file.name}” is no zip. Pack the folder of the skill into one.`
  const most = MOST_MB * 1024 ** 2
  return file.size > most
    ? `“${file.name}” is larger than ${MOST_MB} MB. Leave out what is not needed.`
    : null
}

export function ImportSkill({ slug }: { slug: string }) {
  const router = useRouter()
  const importing = useImportSkill(slug)
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const percent = Math.floor(importing.share * 100)

  function take(files: FileList | null) {
    const file = files?.[0]
    if (!file || importing.isPending) return
    const refusal = files.length > 1 ? 'One zip at a time: each is looked at by itself.' : refusalOf(file)
    setRefused(refusal)
    importing.reset()
    if (refusal === null)
      importing.mutate(file, { onSuccess: ({ id }) => router.push(`/w/${slug}/settings/skills/${id}`) })
  }
  const drag = (on: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(on)
  }
  return (
    <div className="flex flex-col gap-3 px-5 pt-4">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for everybody */}
      <div
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={(event) => {
          drag(false)(event)
          take(event.dataTransfer.files)
        }}
        className={cn(
          'flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-dashed px-4 py-3',
          over ? 'border-accent bg-accent-soft' : 'border-edge/60',
        )}
      >
        <input
          ref={input}
          type="file"
          accept=".zip,application/zip"
          hidden
          onChange={({ target }) => {
            take(target.files)
            // The same file can be chosen again.
            target.value = ''
          }}
        />
        <Button pending={importing.isPending} onClick={() => input.current?.click()}>
          <FileUp aria-hidden />
          Import a zip
        </Button>
        <p className="min-w-0 flex-1 basis-48 text-sm text-soft">
          or drop it here: a folder with <code className="font-mono">plugin.json</code> or{' '}
          <code className="font-mono">SKILL.md</code>, up to {MOST_MB} MB.
        </p>
      </div>
      {importing.isPending && (
        <p className="flex items-center gap-3 text-sm text-faint tabular-nums">
          <progress
            aria-label="How much of the zip has been sent"
            max={100}
            value={percent}
            className="h-1.5 min-w-0 flex-1 appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent"
          />
          {percent < 100 ? `${percent} %` : 'Is being read …'}
        </p>
      )}
      {refused && (
        <p role="alert" className="text-sm text-bad wrap-anywhere">
          {refused}
        </p>
      )}
      {importing.error && <ProblemNote error={importing.error} />}
    </div>
  )
}
