'use client'
/** What a condition reads, and where. */
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useMcpServers } from '#lib/client/mcp.ts'
import type { Measure } from '#lib/contract/condition-trigger.ts'
import type { ConditionDraft } from './draft.ts'

interface Props {
  slug: string
  draft: ConditionDraft
  errors: Record<string, string>
  change(part: Partial<ConditionDraft>): void
  /** What cannot be asked here. */
  without?: ConditionDraft['kind'] | undefined
}

const KINDS = [
  { value: 'http', label: 'A web address (JSON)' },
  { value: 'page', label: 'The text of a page' },
  { value: 'feed', label: 'A feed' },
  { value: 'workspace', label: 'A figure of this workspace' },
  { value: 'mcp', label: 'A tool of an MCP server' },
] as const

export function SourceFields(props: Props) {
  const { draft, change, without } = props
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Watches">
        <Select<ConditionDraft['kind']>
          value={draft.kind}
          options={KINDS.filter((it) => it.value !== without)}
          onValueChange={(kind) => change({ kind })}
        />
      </Field>
      <Of {...props} />
    </div>
  )
}

function Of(props: Props) {
  switch (props.draft.kind) {
    case 'http':
      return <OfHttp {...props} />
    case 'page':
      return <OfPage {...props} />
    case 'feed':
      return <Url {...props} />
    case 'workspace':
      return <OfWorkspace {...props} />
    case 'mcp':
      return <OfMcp {...props} />
  }
}

const Url = ({ draft, errors, change }: Props) => (
  <Field label="Address" error={errors['source.url']} className="sm:col-span-2">
    <Input
      type="url"
      value={draft.url}
      placeholder="https://example.com/status.json"
      onValueChange={(url) => change({ url })}
    />
  </Field>
)

const AS = [
  { value: 'number', label: 'A number' },
  { value: 'text', label: 'A text' },
  { value: 'boolean', label: 'Yes or no' },
] as const
const METHODS = [
  { value: 'GET', label: 'GET' },
  { value: 'POST', label: 'POST' },
] as const

function OfHttp(props: Props) {
  const { draft, errors, change } = props
  return (
    <>
      <Field label="What it is">
        <Select value={draft.as} options={AS} onValueChange={(as) => change({ as })} />
      </Field>
      <Url {...props} />
      <Path {...props} />
      <Field label="Method">
        <Select value={draft.method} options={METHODS} onValueChange={(method) => change({ method })} />
      </Field>
      <Field
        label="Headers"
        optional
        error={errors['source.headers']}
        hint="A line each: name: value. {{secret:NAME}} takes a secret; what is written out is sealed."
        className="sm:col-span-2"
      >
        <Textarea
          rows={2}
          value={draft.headers}
          onChange={(event) => change({ headers: event.currentTarget.value })}
        />
      </Field>
      {draft.method === 'POST' && (
        <Field label="Body" optional error={errors['source.body']} className="sm:col-span-2">
          <Textarea
            rows={3}
            value={draft.body}
            onChange={(event) => change({ body: event.currentTarget.value })}
          />
        </Field>
      )}
    </>
  )
}

const Path = ({ draft, errors, change }: Props) => (
  <Field
    label="Where in the answer"
    error={errors['source.path']}
    hint="Such as data.items.0.price; empty for the whole answer."
  >
    <Input value={draft.path} onValueChange={(path) => change({ path })} />
  </Field>
)

function OfPage(props: Props) {
  const { draft, errors, change } = props
  return (
    <>
      <Url {...props} />
      <Field
        label="Part of the page"
        optional
        error={errors['source.selector']}
        hint="A CSS selector, such as #price."
      >
        <Input value={draft.selector} onValueChange={(selector) => change({ selector })} />
      </Field>
    </>
  )
}

const MEASURES: Record<Measure, string> = {
  executions: 'Runs',
  failures: 'Failures',
  success_rate: 'Success rate in percent',
  messages: 'Messages of people',
  documents: 'New and changed documents',
  cost: 'Cost in dollars',
  tokens: 'Tokens',
}

function OfWorkspace({ draft, errors, change }: Props) {
  return (
    <>
      <Field label="Figure" error={errors['source.measure']}>
        <Select<Measure>
          value={draft.measure}
          options={(Object.keys(MEASURES) as Measure[]).map((value) => ({ value, label: MEASURES[value] }))}
          onValueChange={(measure) => change({ measure })}
        />
      </Field>
      <Field label="In the last (minutes)" error={errors['source.windowSeconds']}>
        <Input inputMode="decimal" value={draft.window} onValueChange={(window) => change({ window })} />
      </Field>
    </>
  )
}

function OfMcp(props: Props) {
  const { slug, draft, errors, change } = props
  const servers = useMcpServers(slug).data ?? []
  const server = servers.find((it) => String(it.id) === draft.serverId)
  const tools = server?.tools.filter((it) => it.effect === 'read') ?? []
  return (
    <>
      <Field label="Server" error={errors['source.serverId']}>
        <Select
          value={draft.serverId}
          placeholder="Choose a server"
          options={servers.map((it) => ({ value: String(it.id), label: it.name }))}
          onValueChange={(serverId) => change({ serverId, tool: '' })}
        />
      </Field>
      <Field label="Tool" error={errors['source.tool']} hint="Only those that are set to read.">
        <Select
          value={draft.tool}
          placeholder="Choose a tool"
          options={tools.map((it) => ({ value: it.name, label: it.name }))}
          onValueChange={(tool) => change({ tool })}
        />
      </Field>
      <Path {...props} />
      <Field label="Arguments" error={errors['source.arguments']} className="sm:col-span-2">
        <Textarea
          rows={3}
          value={draft.arguments}
          onChange={(event) => change({ arguments: event.currentTarget.value })}
        />
      </Field>
    </>
  )
}
