'use client'
/** A filter, row by row or as JSON; what rows cannot say stays JSON. */
import { Plus, Trash2 } from 'lucide-react'
import { useId } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Select } from '#components/ui/select.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { EMPTY_ROW, type FilterDraft, type FilterRow, type Op } from './filter-draft.ts'
import { errorsByRow, turned } from './filter-reading.ts'

const OPS: readonly { value: Op; label: string }[] = [
  { value: 'equals', label: 'is' },
  { value: 'not_equals', label: 'is not' },
  { value: 'in', label: 'is one of' },
  { value: 'contains', label: 'contains' },
  { value: 'starts_with', label: 'begins with' },
  { value: 'ends_with', label: 'ends with' },
  { value: 'matches', label: 'matches the pattern' },
  { value: 'gt', label: 'is more than' },
  { value: 'gte', label: 'is at least' },
  { value: 'lt', label: 'is less than' },
  { value: 'lte', label: 'is at most' },
  { value: 'exists', label: 'is there' },
]
const JOINS = [
  { value: 'all', label: 'All of these' },
  { value: 'any', label: 'Any of these' },
] as const
const VIEWS = [
  { value: 'rows', label: 'Rows' },
  { value: 'json', label: 'JSON' },
] as const
const THERE = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
] as const

const DOCUMENT = 'data.documentName'

interface Props {
  legend: string
  draft: FilterDraft
  /** What stands at each path that is offered. */
  examples: ReadonlyMap<string, unknown>
  /** A path as it may be written. */
  such?: string
  /** Where the filter stands in the body, such as `event.filter`. */
  at: string
  errors: Readonly<Record<string, string>>
  onChange(draft: FilterDraft): void
}

export function FilterBuilder({ legend, draft, examples, such = DOCUMENT, at, errors, onChange }: Props) {
  const exampleAt = (path: string) => examples.get(path)
  const other = turned(draft, draft.view === 'rows' ? 'json' : 'rows', exampleAt)
  const told = errorsByRow(errors, at)
  const isStuck = other === null && draft.view === 'json'
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <legend className="float-left text-sm font-medium">
          {legend} <span className="font-normal text-faint">optional</span>
        </legend>
        <Segmented
          aria-label={`${legend}: view`}
          value={draft.view}
          options={VIEWS}
          onValueChange={() => other && onChange(other)}
        />
      </div>
      {draft.view === 'json' ? (
        <Field
          label={`${legend}, as JSON`}
          hideLabel
          error={told.whole ?? Object.values(told.rows)[0]}
          hint={isStuck ? 'It says what rows cannot: it stays JSON.' : undefined}
        >
          <Textarea
            className="min-h-28 font-mono text-xs"
            spellCheck={false}
            value={draft.json}
            onChange={(event) => onChange({ ...draft, json: event.currentTarget.value })}
          />
        </Field>
      ) : (
        <Rows draft={draft} examples={examples} such={such} told={told} onChange={onChange} />
      )}
    </fieldset>
  )
}

function Rows({
  draft,
  examples,
  such,
  told,
  onChange,
}: Pick<Props, 'draft' | 'examples' | 'onChange'> & {
  such: string
  told: ReturnType<typeof errorsByRow>
}) {
  const paths = useId()
  const put = (rows: readonly FilterRow[]) => onChange({ ...draft, rows })
  return (
    <>
      {draft.rows.length > 1 && (
        <Segmented
          aria-label="What must hold"
          value={draft.join}
          options={JOINS}
          onValueChange={(join) => onChange({ ...draft, join })}
        />
      )}
      <datalist id={paths}>
        {[...examples.keys()].map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      {draft.rows.length > 0 && (
        <ol className="flex flex-col gap-3">
          {draft.rows.map((row, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
            <li key={n}>
              <Row
                n={n + 1}
                row={row}
                paths={paths}
                such={such}
                example={examples.get(row.path.trim())}
                error={told.rows[n]}
                onChange={(next) => put(draft.rows.with(n, next))}
                onRemove={() => put(draft.rows.toSpliced(n, 1))}
              />
            </li>
          ))}
        </ol>
      )}
      {told.whole && (
        <p role="alert" className="text-sm text-bad">
          {told.whole}
        </p>
      )}
      <Button size="sm" className="self-start" onClick={() => put([...draft.rows, EMPTY_ROW])}>
        <Plus aria-hidden />
        Add a comparison
      </Button>
    </>
  )
}

interface RowProps {
  n: number
  row: FilterRow
  paths: string
  such: string
  example: unknown
  error: string | undefined
  onChange(row: FilterRow): void
  onRemove(): void
}

function Row({ n, row, paths, such, example, error, onChange, onRemove }: RowProps) {
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-start gap-2">
        <Field label={`Path ${n}`} hideLabel error={error} className="min-w-40 flex-2 basis-40">
          <Input
            list={paths}
            value={row.path}
            placeholder={such}
            autoComplete="off"
            spellCheck={false}
            onValueChange={(path) => onChange({ ...row, path })}
          />
        </Field>
        <Select<Op>
          aria-label={`Comparison ${n}`}
          className="w-44"
          value={row.op}
          options={OPS}
          onValueChange={(op) => onChange({ ...row, op, ...(op === 'exists' && { value: 'true' }) })}
        />
        {row.op === 'exists' ? (
          <Select
            aria-label={`Value ${n}`}
            className="w-24"
            value={row.value === 'false' ? 'false' : 'true'}
            options={THERE}
            onValueChange={(value) => onChange({ ...row, value })}
          />
        ) : (
          <Field label={`Value ${n}`} hideLabel className="min-w-32 flex-1 basis-32">
            <Input
              value={row.value}
              placeholder={example === undefined || example === null ? undefined : `e.g. ${String(example)}`}
              autoComplete="off"
              spellCheck={false}
              onValueChange={(value) => onChange({ ...row, value })}
            />
          </Field>
        )}
        <Button variant="ghost" aria-label={`Remove comparison ${n}`} onClick={onRemove}>
          <Trash2 aria-hidden />
        </Button>
      </div>
    </div>
  )
}
