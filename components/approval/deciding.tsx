'use client'
/** Yes, no, or an answer; with a note, with other arguments, for once or for the next times as well. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useDecide } from '#lib/client/approvals.ts'
import type { Approval } from '#lib/contract/approval.ts'
import { FORGETFUL, type Memory, Remembering, rememberOf } from './remembering.tsx'

export default function Deciding({ slug, approval: it }: { slug: string; approval: Approval }) {
  return it.kind === 'question' ? (
    <Answering slug={slug} approval={it} />
  ) : (
    <Allowing slug={slug} approval={it} />
  )
}

function useDeciding(slug: string, approval: Approval) {
  const decide = useDecide(slug, approval.id)
  const said = (words: string) => ({ onSuccess: () => toast.success(words) })
  return { decide, said }
}

interface Options {
  note: string
  /** JSON; null: as they were asked for. */
  edited: string | null
  memory: Memory
}
const PLAIN: Options = { note: '', edited: null, memory: FORGETFUL }

function Allowing({ slug, approval: it }: { slug: string; approval: Approval }) {
  const { decide, said } = useDeciding(slug, it)
  const [options, setOptions] = useState(PLAIN)
  const [wrong, setWrong] = useState<Wrong>({})
  const note = options.note.trim() === '' ? {} : { note: options.note.trim() }

  function approve() {
    const edited = editedOf(options.edited)
    if ('fault' in edited) return setWrong({ edited: edited.fault })
    const memory = rememberOf(options.memory, edited.arguments ?? it.arguments)
    if ('fault' in memory) return setWrong({ memory: memory.fault })
    setWrong({})
    decide.mutate({ how: 'approve', ...note, ...edited, ...memory }, said('Approved: the run goes on'))
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          pending={decide.isPending}
          onClick={approve}
          aria-label={`Approve: ${it.summary}`}
        >
          Approve
        </Button>
        <Button
          variant="secondary"
          pending={decide.isPending}
          onClick={() => decide.mutate({ how: 'reject', ...note }, said('Rejected: the agent is told'))}
          aria-label={`Reject: ${it.summary}`}
        >
          Reject
        </Button>
      </div>
      <Disclosure title={it.kind === 'tool' ? 'Note, other arguments, remember' : 'Note'} className="text-sm">
        <More
          slug={slug}
          approval={it}
          options={options}
          wrong={wrong}
          change={(part) => setOptions({ ...options, ...part })}
        />
      </Disclosure>
      {decide.error && <ProblemNote error={decide.error} />}
    </div>
  )
}

function editedOf(text: string | null): { arguments?: Record<string, unknown> } | { fault: string } {
  if (text === null) return {}
  try {
    return { arguments: JSON.parse(text) as Record<string, unknown> }
  } catch (error) {
    return { fault: `That is not JSON: ${(error as Error).message}` }
  }
}

/** What cannot be sent as it stands. */
interface Wrong {
  edited?: string
  memory?: string
}

interface MoreProps {
  slug: string
  approval: Approval
  options: Options
  wrong: Wrong
  change(part: Partial<Options>): void
}

function More(props: MoreProps) {
  const { approval, options, change } = props
  return (
    <div className="flex flex-col gap-4 pt-2">
      <Field label="Note" hint="Kept with the run; with a rejection the agent reads it." optional>
        <Input value={options.note} onValueChange={(note) => change({ note })} autoComplete="off" />
      </Field>
      {approval.kind === 'tool' && <OfCall {...props} />}
    </div>
  )
}

/** What a call can be approved with besides. */
function OfCall({ slug, approval: it, options, wrong, change }: MoreProps) {
  const asked = JSON.stringify(it.arguments, null, 2)
  const edited = editedOf(options.edited)
  return (
    <>
      <Field label="Arguments" hint="What is approved is just this." error={wrong.edited}>
        <Textarea
          spellCheck={false}
          className="min-h-24 font-mono"
          value={options.edited ?? asked}
          onChange={({ currentTarget: { value } }) => change({ edited: value === asked ? null : value })}
        />
      </Field>
      <Remembering
        slug={slug}
        approval={it}
        given={('arguments' in edited && edited.arguments) || it.arguments}
        wrong={wrong.memory}
        memory={options.memory}
        change={(memory) => change({ memory })}
      />
    </>
  )
}

function Answering({ slug, approval: it }: { slug: string; approval: Approval }) {
  const { decide, said } = useDeciding(slug, it)
  const answer = (text: string) =>
    decide.mutate({ how: 'approve', answer: text }, said('Answered: the run goes on'))
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    answer(String(new FormData(event.currentTarget).get('answer') ?? ''))
  }
  return (
    <div className="flex flex-col gap-2">
      {it.options ? (
        <div className="flex flex-wrap gap-2">
          {it.options.map((option) => (
            <Button key={option} pending={decide.isPending} onClick={() => answer(option)}>
              {option}
            </Button>
          ))}
          <NoAnswer
            pending={decide.isPending}
            onClick={() => decide.mutate({ how: 'reject' }, said('Told'))}
          />
        </div>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-2">
          <Field label="Answer" hideLabel>
            <Textarea name="answer" className="min-h-16" placeholder="Your answer" />
          </Field>
          <div className="flex flex-wrap gap-2">
            <Button type="submit" variant="primary" pending={decide.isPending}>
              Answer
            </Button>
            <NoAnswer
              pending={decide.isPending}
              onClick={() => decide.mutate({ how: 'reject' }, said('Told'))}
            />
          </div>
        </form>
      )}
      {decide.error && <ProblemNote error={decide.error} />}
    </div>
  )
}

const NoAnswer = ({ pending, onClick }: { pending: boolean; onClick(): void }) => (
  <Button variant="ghost" pending={pending} onClick={onClick}>
    No answer
  </Button>
)
