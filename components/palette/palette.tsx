'use client'
/**
 * One line to go anywhere, find anything and give commands. The keys stay with the line: up and down choose, Enter
 * goes there, Escape closes it.
 */
import { Dialog as Base } from '@base-ui/react/dialog'
import { ArrowRight, Slash } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTheme } from 'next-themes'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import CommandAnswer from '#components/chat/command-answer.tsx'
import { begins, isSameLine } from '#components/chat/completing.ts'
import { PLACES } from '#components/shell/links.tsx'
import { leave } from '#components/shell/sign-out.tsx'
import { cn } from '#components/ui/cn.ts'
import { Kbd } from '#components/ui/kbd.tsx'
import { veilClass } from '#components/ui/popup.ts'
import { useResting } from '#components/ui/resting.ts'
import { useCommand, useCompletions } from '#lib/client/commands.ts'
import { useMay, useMe } from '#lib/client/people.ts'
import { useSearch } from '#lib/client/search.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import { type Destination, destinations } from './items.ts'

interface Item {
  id: string
  label: string
  hint: string
  icon: ReactNode
  choose(): void
}

interface Props {
  slug: string
  close(): void
  /** The list of all keys takes its place. */
  showKeys(): void
}

export function Palette({ open, ...props }: Props & { open: boolean }) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && props.close()}>
      <Base.Portal>
        <Base.Backdrop className={veilClass} />
        <Base.Viewport className="fixed inset-0 z-50 flex items-start justify-center overflow-y-auto p-3 sm:p-6 sm:pt-[12vh]">
          <Base.Popup className="flex max-h-[80dvh] w-full max-w-xl flex-col rounded-xl border border-line bg-raised text-ink shadow-raised outline-none">
            <Base.Title className="sr-only">Go to, find or do</Base.Title>
            <Content {...props} />
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

/** Whatever was typed: where it may lead, or which command it may become. */
function useItems(
  slug: string,
  text: string,
  { take, choose }: { take(text: string): void; choose(it: Destination): void },
): Item[] {
  const isCommand = text.startsWith('/')
  const asked = useResting(text, 150)
  const agents = useAgents(slug).data ?? []
  const me = useMe().data
  const installation = me?.installationAdmin ?? false
  const may = { editor: useMay(slug, 'editor'), admin: useMay(slug, 'admin'), installation }
  const hits = useSearch(slug, isCommand ? '' : asked.trim(), '').data ?? []
  const completions = useCompletions(slug, isCommand ? asked : '/')?.completions ?? []
  if (isCommand)
    return (
      completions
        // Those of what stood there a moment ago are none of what stands there now.
        .filter((it) => begins(it.text, text))
        .map((it) => ({
          ...{ id: it.text, label: it.label, hint: it.description, icon: <Slash aria-hidden /> },
          choose: () => take(it.text),
        }))
    )
  const found = asked.trim().length < 2 ? [] : hits
  const workspaces = (me?.workspaces ?? []).filter((it) => it.slug !== slug)
  const is = (who: keyof typeof may) => may[who]
  const known = { places: PLACES, agents, hits: found, workspaces, is }
  return destinations(text, known).map((it) => ({
    ...it,
    icon: <ArrowRight aria-hidden />,
    choose: () => choose(it),
  }))
}

function Content({ slug, close, showKeys }: Props) {
  const router = useRouter()
  const listId = useId()
  const { setTheme } = useTheme()
  const command = useCommand(slug)
  const [text, setText] = useState('')
  const [place, setPlace] = useState(0)
  function write(next: string) {
    setText(next)
    setPlace(0)
  }
  function choose({ command: given, does, workspace = slug, path }: Destination) {
    if (given) return command.mutate(given)
    if (does === 'keys') return showKeys()
    close()
    if (does === 'leave') void leave()
    else if (does) setTheme(does)
    else router.push(`/w/${workspace}${path}`)
  }
  const items = useItems(slug, text, { take: write, choose })
  const at = Math.min(place, items.length - 1)
  const isWhole = text.startsWith('/') && (items.length === 0 || isSameLine(items[at]?.id ?? '', text))

  function move(by: number) {
    if (items.length > 0) setPlace((at + by + items.length) % items.length)
  }
  function enter() {
    if (isWhole && text.trim() !== '/') command.mutate(text.trim())
    else items[at]?.choose()
  }
  const keys: Record<string, (() => void) | undefined> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: enter,
    ...(text.startsWith('/') && { Tab: items[at]?.choose }),
  }
  function press(event: KeyboardEvent) {
    const does = event.nativeEvent.isComposing || event.shiftKey ? undefined : keys[event.key]
    if (!does) return
    event.preventDefault()
    does()
  }
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: it is opened to be written in
        autoFocus
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={press}
        role="combobox"
        aria-label="Go to, find or do"
        aria-expanded={items.length > 0}
        aria-controls={listId}
        aria-activedescendant={items[at] ? `${listId}-${at}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="A page, a schedule, a run, a document, or / for a command"
        className="min-h-12 w-full shrink-0 rounded-t-xl border-b border-line bg-transparent px-4 outline-none placeholder:text-faint"
      />
      {command.status !== 'idle' && (
        <div className="shrink-0 px-3 pt-3">
          <CommandAnswer slug={slug} command={command} />
        </div>
      )}
      <Items listId={listId} items={items} at={at} />
      <p className="shrink-0 border-t border-line px-4 py-2 text-xs text-faint pointer-coarse:hidden">
        <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose, <Kbd>Enter</Kbd> {text.startsWith('/') ? 'does it' : 'goes there'},{' '}
        <Kbd>/</Kbd> commands, <Kbd>Esc</Kbd> closes
      </p>
    </>
  )
}

function Items({ listId, items, at }: { listId: string; items: readonly Item[]; at: number }) {
  return (
    <>
      <p role="status" className="sr-only">
        {items.length === 1 ? '1 suggestion' : `${items.length} suggestions`}
      </p>
      <div
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        className="min-h-0 flex-1 overflow-y-auto p-1.5"
      >
        {items.map((it, n) => (
          // The line keeps the focus, and has the keys.
          <div
            key={it.id}
            id={`${listId}-${n}`}
            ref={n === at ? (row) => void row?.scrollIntoView({ block: 'nearest' }) : undefined}
            role="option"
            tabIndex={-1}
            aria-selected={n === at}
            onPointerDown={(event) => event.preventDefault()}
            onClick={it.choose}
            onKeyDown={() => {}}
            className={cn(
              'flex min-h-9 cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 text-sm hover:bg-hover pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint',
              n === at && 'bg-hover',
            )}
          >
            {it.icon}
            <span className="min-w-0 flex-1 truncate">{it.label}</span>
            <span className="max-w-1/2 truncate text-xs text-faint">{it.hint}</span>
          </div>
        ))}
        {items.length === 0 && (
          <p className="px-3 py-4 text-sm text-soft">
            Nothing fits. Press Enter on a whole command to give it.
          </p>
        )}
      </div>
    </>
  )
}
