'use client'
/** The agents of a workspace: those that people wrote, and those that come with the product. */
import { Bot, Plus } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { useMay } from '#lib/client/people.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { UsedAgent } from '#lib/contract/agent.ts'
import { usageIn } from './usage.ts'

export function Agents({ slug }: { slug: string }) {
  const agents = useAgents(slug)
  const may = useMay(slug, 'editor')
  const skills = agents.data?.filter((it) => it.agentType === 'imported') ?? []
  const written = agents.data?.filter((it) => it.agentType === 'custom') ?? []
  const add = may && (
    <ButtonLink variant="primary" href={`/w/${slug}/agents/new`} aria-keyshortcuts="n">
      <Plus aria-hidden />
      New agent
    </ButtonLink>
  )
  return (
    <Page
      title="Agents"
      description="What schedules run. Write your own: instructions, a model, tools."
      actions={
        written.length > 0 && (
          <>
            <ButtonLink variant="ghost" href={`/w/${slug}/usage`}>
              Usage and budgets
            </ButtonLink>
            {add}
          </>
        )
      }
    >
      {agents.isPending ? (
        <WaitingRows rows={4} height="h-16" />
      ) : agents.error ? (
        <Problem error={agents.error} retry={agents.refetch} title="The agents could not be loaded" />
      ) : (
        <>
          <Group id="written" title="Your own">
            {written.length === 0 ? (
              <Empty icon={<Bot />} title="No agent of your own yet" action={add} className="py-10">
                Say in plain words what it is to do, choose its tools, and give it a time.
              </Empty>
            ) : (
              <List slug={slug} agents={written} may={may} />
            )}
          </Group>
          {skills.length > 0 && (
            <Group id="skills" title="Skills from elsewhere">
              <List slug={slug} agents={skills} may={may} />
            </Group>
          )}
          <Group id="built-in" title="With the product">
            <List slug={slug} agents={agents.data.filter((it) => it.agentType === 'system')} may={may} />
          </Group>
        </>
      )}
    </Page>
  )
}

function Group({ id, title, children }: { id: string; title: string; children: React.ReactNode }) {
  return (
    <Card aria-labelledby={id}>
      <CardHeader className="pb-3">
        <CardTitle id={id}>{title}</CardTitle>
      </CardHeader>
      {children}
    </Card>
  )
}

function List({ slug, agents, may }: { slug: string; agents: UsedAgent[]; may: boolean }) {
  return (
    <ul className="divide-y divide-line border-t border-line">
      {agents.map((it) => (
        <li key={it.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-medium wrap-anywhere">
              {it.agentType === 'custom' ? (
                <Link className="hover:underline" href={`/w/${slug}/agents/${it.id}`}>
                  {it.name}
                </Link>
              ) : (
                it.name
              )}
            </p>
            {it.description && <p className="text-sm text-faint wrap-anywhere">{it.description}</p>}
            <p className="text-sm text-soft tabular-nums wrap-anywhere">{usageIn(it.use)}</p>
          </div>
          {may && (
            <ButtonLink size="sm" href={planOf(slug, it)} aria-label={`Plan it: ${it.name}`}>
              Plan it
            </ButtonLink>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A skill may be called as another agent is. */
const planOf = (slug: string, { id, agentType }: UsedAgent) =>
  `/w/${slug}/schedules/new?agent=${encodeURIComponent(id)}${agentType === 'imported' ? '&type=imported' : ''}`
