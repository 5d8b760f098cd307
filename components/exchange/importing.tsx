'use client'
/** A file, or what was pasted; what it would change; and then just that. */
import { type FormEvent, Suspense, useRef, useState } from 'react'
import { DropFiles, PickFiles } from '#components/document/picking.tsx'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { usePlanImport } from '#lib/client/exchange.ts'

const Plan = lazily(() => import('./plan.tsx'))
const MOST_BYTES = 1024 * 1024

export function Importing({ slug }: { slug: string }) {
  const planning = usePlanImport(slug)
  const [text, setText] = useState('')
  const [prune, setPrune] = useState(false)
  const [fault, setFault] = useState<Error | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  /** What was planned is of the text as it was. */
  const write = (next: string) => {
    setText(next)
    planning.reset()
    setFault(null)
  }
  async function take([file]: File[]) {
    if (!file) return
    if (file.size > MOST_BYTES)
      return setFault(new Error(`${file.name} is larger than 1 MiB: import it in parts.`))
    write(await file.text())
    button.current?.focus()
  }
  const look = (event?: FormEvent) => {
    event?.preventDefault()
    planning.mutate({ document: text, prune })
  }
  return (
    <Section id="import" title="Import">
      <form onSubmit={look} className="flex flex-col gap-4">
        <Field
          label="The file"
          hint="Choose it, drop it on this page, or paste what stands in it. Nothing is changed before you have seen what."
        >
          <Textarea
            value={text}
            rows={6}
            spellCheck={false}
            placeholder={'version: 1\ntriggers: …'}
            className="font-mono text-sm"
            onChange={(event) => write(event.target.value)}
          />
        </Field>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox stands inside */}
        <label className="flex min-h-9 items-start gap-3 text-sm pointer-coarse:min-h-11">
          <Checkbox
            checked={prune}
            onCheckedChange={(it) => {
              setPrune(it)
              planning.reset()
            }}
          />
          <span>
            Delete what the file does not name
            <span className="block text-faint">
              Of the kinds that it lists; other kinds stay as they are.
            </span>
          </span>
        </label>
        {(fault ?? planning.error) && <ProblemNote error={fault ?? planning.error} />}
        <div className="flex flex-wrap gap-2">
          <Button
            ref={button}
            type="submit"
            variant="primary"
            pending={planning.isPending}
            disabled={text.trim() === ''}
          >
            See what changes
          </Button>
          <PickFiles onPick={take}>Choose a file</PickFiles>
        </div>
      </form>
      <DropFiles onDrop={({ files }) => void take(files)} />
      {planning.data && (
        <Suspense fallback={<p className="mt-6 text-sm text-faint">Reading the plan …</p>}>
          <Plan
            slug={slug}
            plan={planning.data}
            look={look}
            isLooking={planning.isPending}
            done={() => write('')}
          />
        </Suspense>
      )}
    </Section>
  )
}
