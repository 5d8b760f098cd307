'use client'
/** What an agent is told: as a form or as JSON, and back. */
import { Braces, ListTree } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { Agent } from '#lib/contract/agent.ts'
import { ContextFields } from './context-fields.tsx'
import { type ContextDraft, contextDraft, obstacle, turned, typedJson } from './draft.ts'
import { fieldsOf } from './schema.ts'

interface Props {
  agent: Agent | undefined
  draft: ContextDraft
  onChange(draft: ContextDraft): void
  errors: Record<string, string>
}

export function ContextEditor({ agent, draft, onChange, errors }: Props) {
  const fields = agent ? fieldsOf(agent.input) : []
  // An agent that nobody knows has no schema.
  const shown = fields.length === 0 && draft.mode === 'form' ? turned(draft) : draft
  const others = Object.keys(shown.value).filter(
    (name) => fields.length > 0 && !fields.some((it) => it.path[0] === name),
  )
  const blocked = obstacle(shown)
  const stray = Object.entries(errors).filter(
    ([path]) =>
      path.startsWith('context') &&
      !fields.some((it) => path === `context.${it.path[0]}` || path.startsWith(`context.${it.path[0]}.`)),
  )
  const empty = Object.keys(shown.value).length === 0
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">Context</h3>
        <div className="flex flex-wrap gap-2">
          {agent && empty && Object.keys(agent.example).length > 0 && (
            <Button
              size="sm"
              variant="ghost"
              onClick={() =>
                onChange(
                  shown.mode === 'json'
                    ? turned({ ...contextDraft(agent.example) })
                    : contextDraft(agent.example),
                )
              }
            >
              Fill in the example
            </Button>
          )}
          {fields.length > 0 && (
            <Button size="sm" disabled={blocked !== null} onClick={() => onChange(turned(shown))}>
              {shown.mode === 'form' ? (
                <>
                  <Braces aria-hidden />
                  Edit as JSON
                </>
              ) : (
                <>
                  <ListTree aria-hidden />
                  Edit as a form
                </>
              )}
            </Button>
          )}
        </div>
      </div>
      {shown.mode === 'json' ? (
        <Field
          label="Context as JSON"
          hideLabel
          error={
            blocked ??
            (stray.length > 0 || !agent
              ? undefined
              : Object.entries(errors)
                  .find(([path]) => path.startsWith('context'))
                  ?.join(': '))
          }
          hint="A JSON object. The form takes over what it says."
        >
          <Textarea
            value={shown.json}
            onChange={(event) => onChange(typedJson(shown, event.currentTarget.value))}
            spellCheck={false}
            className="max-h-[32rem] min-h-40 font-mono"
          />
        </Field>
      ) : (
        <ContextFields fields={fields} draft={shown} onChange={onChange} errors={errors} />
      )}
      {shown.mode === 'form' && others.length > 0 && (
        <p className="text-sm text-faint">
          Also in the context, and kept: {others.join(', ')}. They are seen as JSON.
        </p>
      )}
      {stray.map(([path, message]) => (
        <p key={path} role="alert" className="text-sm text-bad">
          {path === 'context' ? '' : `${path.slice('context.'.length)}: `}
          {shown.mode === 'json' && message === blocked ? null : message}
        </p>
      ))}
    </div>
  )
}
