'use client'
/** What an agent may use, and which of it asks first, in plain words. */
import { Choice } from '#components/ui/choice.tsx'
import { Section } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { useTools } from '#lib/client/agents.ts'
import { useSkills } from '#lib/client/skills.ts'
import { useMay } from '#lib/client/people.ts'
import type { ToolInfo, ToolUse } from '#lib/contract/custom-agent.ts'
import type { Skill } from '#lib/contract/skill.ts'
import { type Draft, serversOf, withSkill } from './draft.ts'
import type { Part } from './part.ts'

const EFFECTS = { read: 'only reads', inside: 'changes this workspace', outside: 'reaches outside' } as const
const MODES = [
  { value: 'ask', label: 'Ask first' },
  { value: 'allow', label: 'Do it' },
] as const
const MEMORIES = [
  { value: 'none', label: 'Nothing', hint: 'Each run begins anew.' },
  { value: 'last_result', label: 'What its last run said', hint: 'So that it can tell what is new.' },
  {
    value: 'thread',
    label: 'What its last ten runs said',
    hint: 'Its results stand before the task as a conversation that goes on: up to 32 KiB, the oldest go first.',
  },
  {
    value: 'notes',
    label: 'Notes that it keeps itself',
    hint: 'Kept with each success; they stand on the page of the schedule, where they can be corrected.',
  },
] as const
type Mode = (typeof MODES)[number]['value']

export function Tools({ slug, draft, change, errors }: Part & { slug: string }) {
  const tools = useTools(slug)
  const known = tools.data ?? []
  const skills = useSkills(slug).data?.skills ?? []
  const use = (name: string, it: ToolUse | null) => {
    const { [name]: _, ...others } = draft.tools
    const next = it ? { ...others, [name]: it } : others
    const skillId = skills.find(({ hubId }) => name === `skill.${hubId}`)?.id
    const skillIds = skillId === undefined ? draft.skillIds : withSkill(draft.skillIds, skillId, it !== null)
    change({ tools: next, skillIds, mcpServerIds: serversOf(next, known, draft.mcpServerIds) })
  }
  const wrong = errors.tools ?? errors.mcpServerIds ?? errors.skillIds
  const of = { slug, draft, use }
  return (
    <Section id="tools" title="Tools">
      {tools.isPending && <Skeleton className="h-32" />}
      {tools.error && <ProblemNote error={tools.error} />}
      {wrong && <p className="mb-3 text-sm text-bad">{wrong}</p>}
      <List {...of} tools={known.filter((it) => it.source === 'builtin' && it.name !== 'notes')} />
      {grouped(known).map(([server, its]) => (
        <section key={server.id} aria-labelledby={`mcp-${server.id}`} className="mt-5">
          <h3 id={`mcp-${server.id}`} className="mb-3 text-sm font-medium text-soft">
            From the MCP server “{server.name}”
          </h3>
          <List {...of} tools={its} />
        </section>
      ))}
      <Skills
        {...of}
        tools={known.filter((it) => it.skill !== null)}
        texts={skills.filter((it) => it.format === 'agent-skill')}
        onText={(id, on) => change({ skillIds: withSkill(draft.skillIds, id, on) })}
      />
      {tools.data && <Missing {...of} known={known} />}
      <p className="mt-4 text-sm text-faint">
        What is asked for waits in the chat and under Approvals. Once a run has read text from outside,
        whatever reaches outside is asked for, also where it says “do it”.
      </p>
      <div className="mt-4 border-t border-line pt-4">
        <Field
          label="What it knows of earlier runs"
          hint={MEMORIES.find((it) => it.value === draft.memory)?.hint}
        >
          <Select value={draft.memory} options={MEMORIES} onValueChange={(memory) => change({ memory })} />
        </Field>
      </div>
    </Section>
  )
}

function grouped(tools: readonly ToolInfo[]): [NonNullable<ToolInfo['server']>, ToolInfo[]][] {
  const servers = new Map(tools.flatMap(({ server }) => (server ? [[server.id, server] as const] : [])))
  return [...servers.values()].map((server) => [server, tools.filter((it) => it.server?.id === server.id)])
}

interface Of {
  slug: string
  draft: Draft
  use(name: string, it: ToolUse | null): void
}

function List({ slug, draft, use, tools }: Of & { tools: ToolInfo[] }) {
  return (
    <ul className="flex flex-col gap-4">
      {tools.map((it) => (
        <li key={it.name} className="flex flex-col gap-2">
          <Choice
            checked={draft.tools[it.name] !== undefined}
            onChange={(on) => use(it.name, on ? { name: it.name } : null)}
          >
            <span className="font-medium wrap-anywhere">{titleOf(it)}</span>{' '}
            <span className="text-faint">
              · {it.alwaysAsks && it.effect === 'read' ? 'asks a person' : EFFECTS[it.effect]}
              {it.untrusted && ', answers come from outside'}
            </span>
            <span className="line-clamp-4 text-sm text-soft wrap-anywhere">{it.description}</span>
          </Choice>
          {draft.tools[it.name] && (
            <How
              slug={slug}
              tool={it}
              use={draft.tools[it.name] as ToolUse}
              onChange={(next) => use(it.name, next)}
            />
          )}
        </li>
      ))}
    </ul>
  )
}

/** Those that it calls, and those whose text it is told. */
function Skills({
  tools,
  texts,
  onText,
  ...of
}: Of & { tools: ToolInfo[]; texts: Skill[]; onText(id: number, on: boolean): void }) {
  const offered = texts.filter((it) => it.status === 'accepted' || of.draft.skillIds.includes(it.id))
  if (tools.length + offered.length === 0) return null
  return (
    <section aria-labelledby="skills-of-agent" className="mt-5">
      <h3 id="skills-of-agent" className="mb-3 text-sm font-medium text-soft">
        Skills
      </h3>
      <div className="flex flex-col gap-4">
        {tools.length > 0 && <List {...of} tools={tools} />}
        {offered.map((it) => (
          <Choice
            key={it.id}
            checked={of.draft.skillIds.includes(it.id)}
            onChange={(on) => onText(it.id, on)}
          >
            <span className="font-medium wrap-anywhere">{it.name}</span>{' '}
            <span className="text-faint">
              · its text is told to the agent{it.status === 'review' && ', once it is accepted as it is now'}
            </span>
            <span className="line-clamp-4 text-sm text-soft wrap-anywhere">{it.description}</span>
          </Choice>
        ))}
      </div>
    </section>
  )
}

/** Tools that it has and that are not offered now: changed, switched off, or gone. */
function Missing({ draft, use, known }: Of & { known: ToolInfo[] }) {
  const names = Object.keys(draft.tools).filter((name) => !known.some((it) => it.name === name))
  return names.map((name) => (
    <div key={name} className="mt-4">
      <Choice checked onChange={() => use(name, null)}>
        <span className="font-medium wrap-anywhere">{name}</span>{' '}
        <span className="text-warn">
          · not offered now:{' '}
          {name.startsWith('skill.')
            ? 'the skill is to be looked at by an administrator, or gone'
            : 'its server has changed it, switched it off or lost it'}
        </span>
      </Choice>
    </div>
  ))
}

const titleOf = ({ name, server, skill }: ToolInfo) =>
  skill ? skill.name : server ? name.slice(name.indexOf('.') + 1) : name.replaceAll('_', ' ')

/** Whether a tool that changes something asks first. What leaves the installation is for administrators to allow. */
function How({
  slug,
  tool: it,
  use,
  onChange,
}: {
  slug: string
  tool: ToolInfo
  use: ToolUse
  onChange(use: ToolUse): void
}) {
  const admin = useMay(slug, 'admin')
  if (it.alwaysAsks) return <p className="pl-8 text-sm text-soft">A person decides about each of these.</p>
  if (it.effect === 'read') return null
  const mode: Mode = (use.approval ?? it.approval) === 'allow' ? 'allow' : 'ask'
  const mayAllow = admin || it.effect !== 'outside'
  return (
    <div className="flex flex-col gap-2 pl-8">
      {mayAllow ? (
        <Segmented<Mode>
          aria-label={`${titleOf(it)}: what it does`}
          value={mode}
          onValueChange={(approval) => onChange({ name: it.name, approval })}
          options={MODES}
        />
      ) : (
        <p className="text-sm text-soft">
          {mode === 'allow'
            ? 'An administrator allows it.'
            : 'It asks first; allowing it takes the role admin.'}
        </p>
      )}
      {mode === 'allow' && it.effect === 'outside' && admin && (
        <Choice
          checked={use.allowTainted ?? false}
          onChange={(allowTainted) =>
            onChange({ ...use, ...(allowTainted ? { allowTainted } : { allowTainted: false }) })
          }
        >
          <span className="text-sm">
            Also after it has read text from outside
            <span className="block text-soft">
              Whoever wrote that text may then have it send what the agent knows.
            </span>
          </span>
        </Choice>
      )}
    </div>
  )
}
