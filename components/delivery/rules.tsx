'use client'
/** What is told where. */
import { Route } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { useMe } from '#lib/client/people.ts'
import { useSchedules } from '#lib/client/schedules.ts'
import { useDeleteRule, useRules } from '#lib/client/telling.ts'
import type { Rule } from '#lib/contract/delivery.ts'
import { ruleInWords } from './words.ts'

const RuleForm = lazily(() => import('./rule-form.tsx'))

export function Rules({ slug }: { slug: string }) {
  const rules = useRules(slug)
  const hasChannels = (rules.data?.channels.length ?? 0) > 0
  return (
    <ListCard
      id="rules"
      title="Rules"
      about="Which channel gets which messages. A failure that repeats for the same reason is sent once, and so is its recovery."
      action={
        hasChannels && (
          <AddDialog label="Add a rule">
            {(done) => <RuleForm slug={slug} rule={null} onDone={done} />}
          </AddDialog>
        )
      }
      items={{ ...rules, data: rules.data?.rules }}
      empty={{
        icon: <Route />,
        title: 'No rules yet',
        words: hasChannels
          ? 'Add one: “when a run fails, and when it works again” is what most people want.'
          : 'Rules need a channel: add one of your own, or let an administrator add one.',
      }}
    >
      {(it) => <Row key={it.id} slug={slug} rule={it} />}
    </ListCard>
  )
}

function Row({ slug, rule: it }: { slug: string; rule: Rule }) {
  const remove = useDeleteRule(slug)
  const me = useMe().data?.id
  const schedules = useSchedules(slug).data ?? []
  const names = it.triggerIds?.map((id) => schedules.find((one) => one.id === id)?.name ?? `#${id}`)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {ruleInWords(it)}
          <Badge tone="outline">to {it.channelName}</Badge>
        </p>
        <p className="text-sm text-faint wrap-anywhere">
          {names ? `For ${new Intl.ListFormat('en').format(names)}` : 'For every schedule'}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {(!it.ownedBy || it.ownedBy.id === me) && (
          <AddDialog label="Edit" title={`Edit the rule for ${it.channelName}`} quiet>
            {(done) => <RuleForm slug={slug} rule={it} onDone={done} />}
          </AddDialog>
        )}
        <RemoveButton
          of={`the rule for ${it.channelName}`}
          title="Remove this rule?"
          onConfirm={() => remove.mutateAsync(it.id)}
        >
          {it.channelName} is no longer told.
        </RemoveButton>
      </div>
    </li>
  )
}
