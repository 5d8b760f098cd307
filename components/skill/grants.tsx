'use client'
/** What a skill may reach beyond its own folder: what it asks for, and what else it is given. */
import { Choice } from '#components/ui/choice.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Section } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { SkillDetail } from '#lib/contract/skill.ts'
import type { GrantsDraft } from './draft.ts'

interface Props {
  skill: Pick<SkillDetail, 'asks'>
  draft: GrantsDraft
  errors: { network: string | undefined; read: string | undefined; write: string | undefined }
  onChange(part: Partial<GrantsDraft>): void
}

export function Grants({ skill: { asks }, draft, errors, onChange }: Props) {
  const asked = (on: boolean) => on && <span className="text-faint"> · it asks for this</span>
  const isMore = asks.childProcess || asks.read.length + asks.write.length > 0 || draft.childProcess
  return (
    <Section id="grants" title="What it may reach">
      <div className="flex flex-col gap-5">
        <p className="text-sm text-soft">
          Without more it has its own folder to read and an empty one to write in, and no network.
        </p>
        {asks.network.length > 0 && <Hosts asks={asks.network} draft={draft} onChange={onChange} />}
        <Field
          label={asks.network.length > 0 ? 'Other hosts' : 'Hosts'}
          hint="One on each line, such as api.example.com or *.example.com; * stands for every public one."
          error={errors.network}
          optional
        >
          <Lines value={draft.others} onChange={(others) => onChange({ others })} />
        </Field>
        <Choice checked={draft.privateNetwork} onChange={(privateNetwork) => onChange({ privateNetwork })}>
          <span className="font-medium">Hosts of the own network</span>
          {asked(asks.privateNetwork)}
          <span className="block text-sm text-soft">
            Of those above, where whoever runs this server has set ALLOWED_PRIVATE_NETWORKS for them.
          </span>
        </Choice>
        <Disclosure
          title="Files and programs"
          aside={isMore ? 'it asks for some' : undefined}
          open={isMore || undefined}
        >
          <div className="flex flex-col gap-5 pt-3 pl-6">
            <Field label="Folders and files to read" hint={wanted(asks.read)} error={errors.read} optional>
              <Lines value={draft.read} onChange={(read) => onChange({ read })} />
            </Field>
            <Field label="Folders to write in" hint={wanted(asks.write)} error={errors.write} optional>
              <Lines value={draft.write} onChange={(write) => onChange({ write })} />
            </Field>
            <Choice checked={draft.childProcess} onChange={(childProcess) => onChange({ childProcess })}>
              <span className="font-medium">Start other programs</span>
              {asked(asks.childProcess)}
              <span className="block text-sm text-warn">
                What it starts is not held back as it is itself: only for code that you would run yourself.
              </span>
            </Choice>
          </div>
        </Disclosure>
      </div>
    </Section>
  )
}

const wanted = (asks: string[]) =>
  asks.length > 0 ? `One on each line. It asks for ${asks.join(', ')}.` : 'One on each line.'

function Hosts({ asks, draft, onChange }: { asks: string[] } & Pick<Props, 'draft' | 'onChange'>) {
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-medium">Hosts that stand in its code</legend>
      <div className="mt-2 grid gap-2 sm:grid-cols-2">
        {asks.map((host) => (
          <Choice
            key={host}
            checked={draft.hosts.includes(host)}
            onChange={(on) =>
              onChange({ hosts: on ? [...draft.hosts, host] : draft.hosts.filter((it) => it !== host) })
            }
          >
            <span className="font-mono text-sm wrap-anywhere">{host}</span>
          </Choice>
        ))}
      </div>
    </fieldset>
  )
}

const Lines = ({ value, onChange }: { value: string; onChange(text: string): void }) => (
  <Textarea
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    spellCheck={false}
    className="min-h-16 font-mono"
  />
)
