'use client'
/** Who does the work, and what with. */
import { Combobox } from '#components/ui/combobox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useAgents } from '#lib/client/workspaces.ts'
import type { Agent } from '#lib/contract/agent.ts'
import { ContextEditor } from '../context/context-editor.tsx'
import { contextOf } from './draft.ts'
import type { PartProps } from './when.tsx'

export function AgentFields({ slug, draft, change, errors }: PartProps & { slug: string }) {
  const agents = useAgents(slug)
  if (agents.isPending)
    return (
      <Waiting className="flex flex-col gap-4">
        <Skeleton className="h-9" />
        <Skeleton className="h-32" />
      </Waiting>
    )
  if (agents.error)
    return (
      <Problem
        error={agents.error}
        retry={agents.refetch}
        title="The agents could not be loaded"
        className="py-6"
      />
    )
  const named = agents.data.filter((it) => it.id === draft.agentId || it.aliases.includes(draft.agentId))
  // A skill may be called as another agent is.
  const agent = named.find((it) => it.agentType === draft.agentType) ?? named[0]
  return (
    <div className="flex flex-col gap-5">
      <Field
        label="Agent"
        hint={
          agent?.description ??
          (draft.agentId === ''
            ? 'It does the work when the time comes.'
            : draft.agentType === 'imported'
              ? 'No skill of this name is accepted as it is now: an administrator looks at it in the settings.'
              : 'No agent of this name is known here.')
        }
        error={errors.agentId ?? errors.agentType}
      >
        <Combobox
          value={agent ? keyOf(agent) : draft.agentId || null}
          options={agents.data.map((it) => ({
            value: keyOf(it),
            label: it.name,
            hint: it.description,
          }))}
          placeholder="Search agents"
          empty="No agent is called that."
          onValueChange={(key) => {
            const { id: agentId, agentType } = agents.data.find((it) => keyOf(it) === key) ?? draftedAs(draft)
            change({ agentId, agentType })
          }}
        />
      </Field>
      {draft.agentId !== '' && (
        <ContextEditor
          key={draft.agentId}
          agent={agent}
          draft={contextOf(draft)}
          errors={errors}
          onChange={(context) => change({ contexts: { ...draft.contexts, [draft.agentId]: context } })}
        />
      )}
    </div>
  )
}

const keyOf = ({ agentType, id }: Pick<Agent, 'agentType' | 'id'>) => `${agentType} ${id}`
const draftedAs = ({ agentId: id, agentType }: PartProps['draft']) => ({ id, agentType })
