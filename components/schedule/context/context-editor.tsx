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
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">Context</h3>
        <div className="flex flex-wrap gap-2">
          {agent && Object.keys(shown.value).length === 0 && Object.keys(agent.example).length > 0 && (
            <Button size="sm" variant="ghost" onClick={() => onChange(exampleDraft(agent, shown.mode))}>
              Fill in the example
            </Button>
          )}
          {fields.length > 0 && (
            <Turn mode={shown.mode} blocked={blocked !== null} onTurn={() => onChange(turned(shown))} />
          )}
        </div>
      </div>
      {shown.mode === 'json' ? (
        <AsJson
          draft={shown}
          onChange={onChange}
          error={blocked ?? (agent && stray.length === 0 ? firstOf(errors) : undefined)}
        />
      ) : (
        <>
          <ContextFields fields={fields} draft={shown} onChange={onChange} errors={errors} />
          <Others names={others} />
        </>
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

const exampleDraft = (agent: Agent, mode: ContextDraft['mode']) =>
  mode === 'json' ? turned(contextDraft(agent.example)) : contextDraft(agent.example)

/** The first thing that is wrong in the context, with its place. */
const firstOf = (errors: Record<string, string>) =>
  Object.entries(errors)
    .find(([path]) => path.startsWith('context'))
    ?.join(': ')

interface TurnProps {
  mode: ContextDraft['mode']
  blocked: boolean
  onTurn(): void
}

function Turn({ mode, blocked, onTurn }: TurnProps) {
  return (
    <Button size="sm" disabled={blocked} onClick={onTurn}>
      {mode === 'form' ? (
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
  )
}

interface AsJsonProps {
  draft: ContextDraft
  onChange(draft: ContextDraft): void
  error: string | undefined
}

function AsJson({ draft, onChange, error }: AsJsonProps) {
  return (
    <Field
      label="Context as JSON"
      hideLabel
      error={error}
      hint="A JSON object. The form takes over what it says."
    >
      <Textarea
        value={draft.json}
        onChange={(event) => onChange(typedJson(draft, event.currentTarget.value))}
        spellCheck={false}
        className="max-h-[32rem] min-h-40 font-mono"
      />
    </Field>
  )
}

/** What the agent's schema does not name. */
function Others({ names }: { names: string[] }) {
  if (names.length === 0) return null
  return (
    <p className="text-sm text-faint">
      Also in the context, and kept: {names.join(', ')}. They are seen as JSON.
    </p>
  )
}
