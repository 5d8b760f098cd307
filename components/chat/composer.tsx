'use client'
/**
 * Where one writes. Enter sends, Shift+Enter begins a new line; while an input method is composing, Enter is its own.
 * A line that begins with `/` is a command, and `@` names an agent or a person; it says who will read the rest.
 */
import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, type RefObject, Suspense, useCallback, useId, useRef, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { behindAts } from '#lib/contract/mentions.ts'
import { useCommand } from '#lib/client/commands.ts'
import { useMe, useMembers } from '#lib/client/people.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import { Attach, takesFiles, useAttaching } from './attach.tsx'
import type { Completing, Described } from './completions.tsx'
import { saysWhoIsNamed } from './named.ts'

const Completions = lazily(() => import('./completions.tsx'))
const CommandAnswer = lazily(() => import('./command-answer.tsx'))

const MOST = 16_000
const COMPLETES = /^\/[^\n]*$|(?:^|\s)@[^\s@]*$/

interface ComposerProps {
  slug: string
  /** What it is called. */
  label?: string | undefined
  /** Who answers what is written here; without it, only whoever is named. */
  answers?: string | undefined
  onSend(text: string): unknown
}

export function Composer({ slug, label = 'Write to the workspace', answers, onSend }: ComposerProps) {
  const [text, setText] = useState('')
  const [list, setList] = useState<Described | null>(null)
  const completing = useRef<Completing>(null)
  const line = useRef<HTMLTextAreaElement>(null)
  const command = useCommand(slug)
  // A thread has a line of its own beside this one.
  const hintId = useId()
  const left = MOST - text.length
  const attaching = useAttaching(slug, (change) => {
    setText(change)
    line.current?.focus()
  })
  // What is on its way goes with it.
  const sendable = text.trim() !== '' && left >= 0 && !attaching.isSending
  const isCommand = text.startsWith('/')
  function send() {
    if (!sendable) return
    if (isCommand) command.mutate(text.trim())
    else onSend(text.trim())
    setText('')
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    const mayTake = event.key !== 'Enter' || !event.shiftKey
    if (list && mayTake && completing.current?.press(event.key)) return event.preventDefault()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  const take = useCallback((whole: string) => {
    setText(whole)
    line.current?.focus()
  }, [])
  return (
    <form
      className="relative flex flex-col gap-1.5"
      {...takesFiles(attaching)}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Suspense>
        {command.status !== 'idle' && <CommandAnswer slug={slug} command={command} />}
        {COMPLETES.test(text) && (
          <Completions
            slug={slug}
            text={text}
            take={take}
            describe={setList}
            ref={completing}
            instead={null}
          />
        )}
      </Suspense>
      <div className="flex items-end gap-2 rounded-xl border border-edge bg-surface p-1.5 shadow-card focus-within:outline-2 focus-within:outline-focus">
        <Attach {...attaching} />
        <Line ref={line} {...{ text, setText, press, label, list, hintId, tooLong: left < 0 }} />
        <Button type="submit" variant="primary" size="icon" aria-label="Send" disabled={!sendable}>
          <SendHorizontal aria-hidden />
        </Button>
      </div>
      <p id={hintId} className="px-1 text-xs text-faint">
        {text.includes('@') && !isCommand && left >= 500 ? (
          <Naming slug={slug} text={text} answers={answers} />
        ) : (
          <Hint left={left} says={saysWhoReads(text, answers)} />
        )}
      </p>
    </form>
  )
}

/** Who will do something about what is written; nothing while nothing is. */
function saysWhoReads(text: string, answers: string | undefined): string | null {
  if (text.trim() === '') return null
  if (text.startsWith('/')) return 'A command: it is done at once, and only you see what came of it.'
  return (
    answers ??
    'Only people read this, and no agent answers: begin with @ to ask one, or with / for a command.'
  )
}

interface LineProps {
  text: string
  setText(text: string): void
  press(event: KeyboardEvent): void
  label: string
  list: Described | null
  hintId: string
  tooLong: boolean
  ref: RefObject<HTMLTextAreaElement | null>
}

const Line = ({ text, setText, press, label, list, hintId, tooLong, ref }: LineProps) => (
  <textarea
    ref={ref}
    value={text}
    onChange={(event) => setText(event.target.value)}
    onKeyDown={press}
    rows={1}
    aria-label={label}
    aria-describedby={hintId}
    aria-invalid={tooLong || undefined}
    aria-autocomplete="list"
    aria-controls={list?.listId}
    aria-activedescendant={list?.activeId}
    placeholder={label}
    className="field-sizing-content max-h-48 min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2.5 py-1.5 outline-none"
  />
)

const characters = (n: number) => `${n} ${n === 1 ? 'character' : 'characters'}`

/** Who is meant by the names in a line: the lists of agents and people know, and are asked for with the first. */
function Naming({ slug, text, answers }: { slug: string; text: string; answers: string | undefined }) {
  const agents = useAgents(slug).data
  const people = useMembers(slug).data?.members
  const me = useMe().data?.id
  if (behindAts(text).length === 0) return <Hint left={MOST} says={saysWhoReads(text, answers)} />
  const says =
    agents && people
      ? saysWhoIsNamed(text, { agents, people, me, answers })
      : 'An agent that is named here answers below your message.'
  return <Hint left={MOST} says={says} />
}

function Hint({ left, says }: { left: number; says: string | null }) {
  if (left < 500)
    return (
      <span role="status" className={left < 0 ? 'text-bad' : undefined}>
        {left < 0 ? `${characters(-left)} too many` : `${characters(left)} left`}
      </span>
    )
  if (says) return <span role="status">{says}</span>
  return (
    <span className="pointer-coarse:sr-only max-sm:pointer-fine:block max-sm:pointer-fine:min-h-10">
      <Kbd>Enter</Kbd> sends, <Kbd>Shift</Kbd> + <Kbd>Enter</Kbd> begins a new line, <Kbd>/</Kbd> commands,{' '}
      <Kbd>@</Kbd> asks an agent
    </span>
  )
}
