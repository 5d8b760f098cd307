'use client'
/** Who does the work, and what with. */
import { Combobox } from '#components/ui/combobox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useAgents } from '#lib/client/workspaces.ts'
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
  const agent = agents.data.find((it) => it.id === draft.agentId || it.aliases.includes(draft.agentId))
  return (
    <div className="flex flex-col gap-5">
      <Field
        label="Agent"
        hint={
          agent?.description ??
          (draft.agentId ? 'No agent of this name is known here.' : 'It does the work when the time comes.')
        }
        error={errors.agentId ?? errors.agentType}
      >
        <Combobox
          value={draft.agentId || null}
          // An agent of the list by another name is shown by the name that was written.
          options={agents.data.map((it) => ({
            value: it === agent ? draft.agentId : it.id,
            label: it.name,
            hint: it.description,
          }))}
          placeholder="Search agents"
          empty="No agent is called that."
          onValueChange={(agentId) =>
            change({
              agentId,
              agentType: agents.data.find((it) => it.id === agentId)?.agentType ?? draft.agentType,
            })
          }
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
