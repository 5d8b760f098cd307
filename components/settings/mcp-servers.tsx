'use client'
/** Servers of tools: what each offers, what a call of it is taken for, and what it says otherwise since then. */
import { Plug } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import {
  useAuthorizeMcpServer,
  useCheckMcpServer,
  useDeleteMcpServer,
  useMcpServers,
} from '#lib/client/mcp.ts'
import type { McpServer, McpStatus } from '#lib/contract/mcp.ts'
import { commandLine } from './command-line.ts'

const McpForm = lazily(() => import('./mcp-form.tsx'))
const McpTools = lazily(() => import('./mcp-tools.tsx'))

const STATES: Record<McpStatus, { words: string; tone: Tone }> = {
  ready: { words: 'Ready', tone: 'good' },
  unreachable: { words: 'Away', tone: 'warn' },
  reauth_required: { words: 'Refuses its key', tone: 'bad' },
  misconfigured: { words: 'Cannot be used', tone: 'bad' },
  changed: { words: 'Tools have changed', tone: 'warn' },
  disabled: { words: 'Off', tone: 'neutral' },
}

export function McpServers({ slug }: { slug: string }) {
  return (
    <ListCard
      id="mcp-servers"
      title="MCP servers"
      about="Tools from elsewhere; what they answer counts as text from outside."
      action={
        <AddDialog label="Add a server" title="Add an MCP server">
          {(done) => <McpForm slug={slug} server={null} onDone={done} />}
        </AddDialog>
      }
      items={useMcpServers(slug)}
      empty={{
        icon: <Plug />,
        title: 'No servers yet',
        words: 'Issue trackers, databases, calendars: whatever speaks the Model Context Protocol.',
      }}
    >
      {(it) => <Server key={it.id} slug={slug} server={it} />}
    </ListCard>
  )
}

function Server({ slug, server: it }: { slug: string; server: McpServer }) {
  const checking = useCheckMcpServer(slug)
  const { words, tone } = STATES[it.status]
  return (
    <li className="flex flex-col gap-2 px-5 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
            {it.name}
            <Badge tone={tone}>{words}</Badge>
          </p>
          <p className="text-sm text-faint wrap-anywhere">
            {it.transport === 'http' ? (
              it.url
            ) : (
              <>
                runs <code className="font-mono">{commandLine(it.command ?? '', it.args)}</code>
              </>
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            pending={checking.isPending}
            aria-label={`Check: ${it.name}`}
            onClick={() => checking.mutate(it.id)}
          >
            Check
          </Button>
          {it.status === 'reauth_required' && it.transport === 'http' && <SignIn slug={slug} server={it} />}
          <AddDialog label="Edit" title={`Edit ${it.name}`} quiet>
            {(done) => <McpForm slug={slug} server={it} onDone={done} />}
          </AddDialog>
          <Remove slug={slug} server={it} />
        </div>
      </div>
      <p role="status" className="text-sm text-bad wrap-anywhere empty:hidden">
        {checking.error?.message ?? it.problem}
      </p>
      {it.tools.length > 0 && (
        <Disclosure
          title={it.tools.length === 1 ? '1 tool' : `${it.tools.length} tools`}
          aside={it.status === 'changed' ? 'some are to be looked at' : undefined}
        >
          <McpTools slug={slug} server={it} />
        </Disclosure>
      )}
    </li>
  )
}

/** Where the server has a sign-in of its own; it comes back to this page. */
function SignIn({ slug, server: { id, name } }: { slug: string; server: McpServer }) {
  const beginning = useAuthorizeMcpServer(slug)
  return (
    <>
      <Button
        size="sm"
        variant="primary"
        pending={beginning.isPending || beginning.isSuccess}
        aria-label={`Sign in: ${name}`}
        onClick={() => beginning.mutate(id, { onSuccess: (url) => window.location.assign(url) })}
      >
        Sign in
      </Button>
      {beginning.error && <ProblemNote error={beginning.error} />}
    </>
  )
}

function Remove({ slug, server: { id, name, usedBy } }: { slug: string; server: McpServer }) {
  const remove = useDeleteMcpServer(slug)
  return (
    <RemoveButton of={name} title={`Remove “${name}”?`} onConfirm={() => remove.mutateAsync(id)}>
      {usedBy.length === 0
        ? 'No agent uses its tools.'
        : `It is used by ${usedBy.map((it) => it.name).join(', ')}: take its tools out of them first.`}
    </RemoveButton>
  )
}
