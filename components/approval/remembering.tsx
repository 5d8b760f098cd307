/** Whether it is asked again: for just this call, or for those that are like it in what is chosen. */
import { Choice } from '#components/ui/choice.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { useMay } from '#lib/client/people.ts'
import type { Approval, Remember } from '#lib/contract/approval.ts'
import { valueInWords } from '#lib/contract/filter-words.ts'
import { alike, choosable } from './alike.ts'

export interface Memory {
  on: boolean
  scope: Remember['scope']
  /** Arguments that may differ. */
  free: ReadonlySet<string>
  uses: string
}
export const FORGETFUL: Memory = { on: false, scope: 'exact', free: new Set(), uses: '10' }

/** What is sent of it, for the call that is approved. */
export function rememberOf(memory: Memory, given: unknown): { remember?: Remember } | { fault: string } {
  if (!memory.on) return {}
  const maxUses = Number(memory.uses) || 1
  if (memory.scope === 'exact') return { remember: { scope: 'exact', maxUses } }
  const filter = alike(given, memory.free)
  return filter === null
    ? { fault: 'Tick at least one argument that must be the same.' }
    : { remember: { scope: 'filter', filter, maxUses } }
}

const SCOPES = [
  { value: 'exact', label: 'Just this call' },
  { value: 'filter', label: 'Calls like this' },
] as const

interface Props {
  slug: string
  approval: Approval
  /** The arguments as they would be approved. */
  given: unknown
  wrong: string | undefined
  memory: Memory
  change(memory: Memory): void
}

export function Remembering({ slug, approval: it, given, wrong, memory, change }: Props) {
  const admin = useMay(slug, 'admin')
  const obstacle = obstacleTo(it, given, admin)
  return (
    <div className="flex flex-col gap-3">
      <Choice checked={memory.on} onChange={(on) => change({ ...memory, on })}>
        Do not ask again in this schedule
      </Choice>
      {memory.on && (
        <>
          {obstacle === null ? (
            <Segmented
              aria-label="For which calls"
              value={memory.scope}
              options={SCOPES}
              onValueChange={(scope) => change({ ...memory, scope })}
            />
          ) : (
            <p className="text-sm text-soft">For just this call. {obstacle}</p>
          )}
          {memory.scope === 'filter' && obstacle === null && (
            <Same given={given} memory={memory} change={change} />
          )}
          {wrong && (
            <p role="alert" className="text-sm text-bad">
              {wrong}
            </p>
          )}
          <Field
            label="So many times"
            hint="For 90 days at most; an administrator can forget it in the settings."
          >
            <Input
              inputMode="numeric"
              className="w-24"
              value={memory.uses}
              onValueChange={(uses) => change({ ...memory, uses })}
            />
          </Field>
        </>
      )}
    </div>
  )
}

/** Why calls like this one cannot be remembered, or null. */
function obstacleTo(it: Approval, given: unknown, admin: boolean): string | null {
  if (it.why === 'tainted')
    return 'This run has read text from outside, which may choose what is different in others.'
  if (it.effect === 'outside' && !admin)
    return 'Others like it that leave the installation are for administrators.'
  return choosable(given).length === 0 ? 'It has no arguments.' : null
}

function Same({ given, memory, change }: Pick<Props, 'given' | 'memory' | 'change'>) {
  const choose = (name: string, same: boolean) => {
    const free = new Set(memory.free)
    if (same) free.delete(name)
    else free.add(name)
    change({ ...memory, free })
  }
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">What must be the same</legend>
      {choosable(given).map(([name, value]) => (
        <Choice key={name} checked={!memory.free.has(name)} onChange={(same) => choose(name, same)}>
          <span className="font-medium">{name}</span>{' '}
          <span className="font-mono text-xs text-soft wrap-anywhere">{valueInWords(value)}</span>
        </Choice>
      ))}
      <p className="text-sm text-faint">
        What is not ticked may differ, and what this call leaves out may be added. Runs that have read text
        from outside ask all the same.
      </p>
    </fieldset>
  )
}
