'use client'
/** Which events are meant: of the catalogue, whole families of them, and those that people's own programs send. */
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { type EventFact, sentenceOf } from './words.ts'

const MOST = 10

function optionsOf(facts: readonly EventFact[]) {
  const families = Map.groupBy(facts, (it) => it.type.split('.')[0] ?? it.type)
  return [
    ...facts.map(({ type, words }) => ({ value: type, label: `When ${words}`, hint: type })),
    ...[...families]
      .filter(([, of]) => of.length > 1)
      .map(([family, of]) => ({
        value: `${family}.*`,
        label: `Any of ${family}.*`,
        hint: of.map((it) => it.words).join(', '),
      })),
    { value: 'custom.*', label: 'Any of custom.*', hint: 'Whatever your own programs send.' },
  ]
}

export function TypePicker({
  label,
  types,
  facts,
  error,
  onChange,
}: {
  label: string
  types: readonly string[]
  facts: readonly EventFact[]
  error: string | undefined
  onChange(types: string[]): void
}) {
  const words = Object.fromEntries(facts.map((it) => [it.type, it.words]))
  const add = (type: string) => {
    if (!types.includes(type)) onChange([...types, type])
  }
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {types.length > 0 && (
        <ul aria-label={label} className="flex flex-wrap gap-2">
          {types.map((type) => (
            <li
              key={type}
              className="inline-flex min-h-8 max-w-full items-center gap-1.5 rounded-full bg-accent-soft pl-3 text-sm text-accent-text"
            >
              <span className="min-w-0 wrap-anywhere">
                {type.endsWith('.*') ? `Any of ${type}` : sentenceOf(type, words)}
              </span>
              <button
                type="button"
                aria-label={`Remove ${type}`}
                className="flex size-8 shrink-0 items-center justify-center rounded-full hover:bg-hover [&_svg]:size-4"
                onClick={() => onChange(types.filter((it) => it !== type))}
              >
                <X aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      {types.length < MOST && (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field label={types.length === 0 ? label : `${label}, or`} error={error}>
            <Select
              value={null}
              placeholder={types.length === 0 ? 'Choose an event' : 'Add another event'}
              options={optionsOf(facts).filter((it) => !types.includes(it.value))}
              onValueChange={add}
            />
          </Field>
          <OwnType add={add} />
        </div>
      )}
    </div>
  )
}

/** As the contract has it, said before the server would. */
const OWN_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/

function OwnType({ add }: { add(type: string): void }) {
  const [name, setName] = useState('')
  const plain = name.trim().replace(/^custom\./, '')
  const isName = OWN_NAME.test(plain)
  function put() {
    if (!isName) return
    add(`custom.${plain}`)
    setName('')
  }
  return (
    <Field
      label="One of your own"
      optional
      error={plain !== '' && !isName ? 'Small letters, digits, - and _, with dots between.' : undefined}
    >
      <span className="flex min-w-0 items-center gap-2">
        <span className="text-sm text-faint">custom.</span>
        <Input
          value={name}
          placeholder="order.created"
          autoComplete="off"
          spellCheck={false}
          onValueChange={setName}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            put()
          }}
        />
        <Button aria-label="Add the event of your own" disabled={!isName} onClick={put}>
          <Plus aria-hidden />
          Add
        </Button>
      </span>
    </Field>
  )
}
