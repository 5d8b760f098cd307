'use client'
/** The tools of a server: what a call of each is taken for, and what its server says of it since it was accepted. */
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { useAcceptTools, useChangeMcpServer } from '#lib/client/mcp.ts'
import type { McpServer, McpTool, ToolPolicy } from '#lib/contract/mcp.ts'

const EFFECTS = [
  { value: 'outside', label: 'Reaches outside' },
  { value: 'inside', label: 'Changes this workspace' },
  { value: 'read', label: 'Only reads' },
] as const
const MODES = [
  { value: 'ask', label: 'Ask first' },
  { value: 'allow', label: 'Do it' },
  { value: 'off', label: 'Off' },
] as const
type Mode = (typeof MODES)[number]['value']

export default function McpTools({ slug, server }: { slug: string; server: McpServer }) {
  const accepting = useAcceptTools(slug, server.id)
  const changed = server.tools.filter((it) => it.changed)
  return (
    <div className="flex flex-col gap-3 pt-2">
      {changed.length > 1 && (
        <Button
          size="sm"
          className="self-start"
          pending={accepting.isPending}
          onClick={() => accepting.mutate(changed)}
        >
          Accept all {changed.length}
        </Button>
      )}
      {accepting.error && <ProblemNote error={accepting.error} />}
      <ul className="flex flex-col gap-4">
        {server.tools.map((it) => (
          <li key={it.name} className="flex flex-col gap-2 border-l-2 border-line pl-3">
            <Tool slug={slug} server={server} tool={it} />
          </li>
        ))}
      </ul>
    </div>
  )
}

interface Of {
  slug: string
  server: McpServer
  tool: McpTool
}

function Tool({ slug, server, tool: it }: Of) {
  return (
    <>
      <p className="min-w-0 wrap-anywhere">
        <span className="font-mono text-sm font-medium">{it.name}</span>
        <span className="block text-sm whitespace-pre-line text-soft">{it.description}</span>
      </p>
      {it.changed ? (
        <Changed slug={slug} server={server} tool={it} />
      ) : (
        <Policy slug={slug} server={server} tool={it} />
      )}
    </>
  )
}

/** Off until somebody has looked at it. */
function Changed({ slug, server, tool: it }: Of) {
  const accepting = useAcceptTools(slug, server.id)
  return (
    <div className="flex flex-col items-start gap-2 rounded-md bg-warn-soft p-3 text-sm text-warn">
      <p>
        {it.gone
          ? 'The server does not offer it any more.'
          : it.accepted
            ? 'It describes itself differently than when it was accepted, so it is off.'
            : 'It is new, and off until it is accepted.'}
      </p>
      {it.accepted && !it.gone && <Difference now={it} before={it.accepted} />}
      <Button
        size="sm"
        pending={accepting.isPending}
        aria-label={`${it.gone ? 'Let it go' : 'Accept'}: ${it.name}`}
        onClick={() => accepting.mutate([it])}
      >
        {it.gone ? 'Let it go' : 'Accept'}
      </Button>
      {accepting.error && <ProblemNote error={accepting.error} />}
    </div>
  )
}

/** Both in full: what a model is had to do stands as often in what a tool takes as in what it says it does. */
function Difference({ now, before }: { now: McpTool; before: NonNullable<McpTool['accepted']> }) {
  const [was, is] = [before, now].map(({ input }) => JSON.stringify(input, null, 2))
  const isOther = before.description !== now.description
  return (
    <>
      {isOther && (
        <p className="wrap-anywhere whitespace-pre-line">
          <span className="font-medium">Before: </span>
          {before.description}
        </p>
      )}
      {was !== is && (
        <div className="grid w-full min-w-0 gap-2 sm:grid-cols-2">
          <Taken title="What it took before" text={was ?? ''} />
          <Taken title="What it takes now" text={is ?? ''} />
        </div>
      )}
      {!isOther && was === is && <p>Its title, or a hint of what it does, is another one.</p>}
    </>
  )
}

function Taken({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0">
      <p className="font-medium">{title}</p>
      <pre className="rounded bg-surface p-2 font-mono text-xs whitespace-pre-wrap wrap-anywhere text-ink">
        {text}
      </pre>
    </div>
  )
}

function Policy({ slug, server, tool: { name, effect, approval, enabled } }: Of) {
  const changing = useChangeMcpServer(slug, server.id)
  const mode: Mode = !enabled || approval === 'deny' ? 'off' : approval
  const set = (policy: ToolPolicy) =>
    changing.mutate({
      toolPolicy: { ...server.toolPolicy, [name]: { ...server.toolPolicy[name], ...policy } },
    })
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-2">
      <Field label={`${name}: a call`} hideLabel className="basis-52">
        <Select value={effect} options={EFFECTS} onValueChange={(next) => set({ effect: next })} />
      </Field>
      <Field label={`${name}: usually`} hideLabel className="basis-36">
        <Select<Mode>
          value={mode}
          options={MODES}
          onValueChange={(next) =>
            set(next === 'off' ? { enabled: false } : { enabled: true, approval: next })
          }
        />
      </Field>
      {changing.error && <ProblemNote error={changing.error} />}
    </div>
  )
}
