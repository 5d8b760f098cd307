'use client'
/** What agents that ask a model used, by whatever one asks: as bars, and as the table that they are. */
import { formatDay } from '#components/ui/instants.ts'
import { formatDollars, formatNumber } from '#components/ui/number.ts'
import { Gauge } from 'lucide-react'
import { useState } from 'react'
import { BackLink } from '#components/ui/back-link.tsx'
import { Card, CardBody } from '#components/ui/card.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { HeadRow, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { useNow } from '#components/ui/clock.ts'
import { useMay, useMe } from '#lib/client/people.ts'
import { useUsage } from '#lib/client/models.ts'
import type { UsageRow, UsageSum } from '#lib/contract/model.ts'
import { Budgets } from './budgets.tsx'

const GROUPS = [
  { value: 'day', label: 'Day' },
  { value: 'trigger', label: 'Schedule' },
  { value: 'agent', label: 'Agent' },
  { value: 'model', label: 'Model' },
  { value: 'person', label: 'Person' },
] as const
type Group = (typeof GROUPS)[number]['value']

const DAY_MS = 86_400_000
const SPANS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '365', label: 'A year' },
] as const
type Span = (typeof SPANS)[number]['value']

export function Usage({ slug }: { slug: string }) {
  const [groupBy, setGroupBy] = useState<Group>('day')
  const [span, setSpan] = useState<Span>('30')
  const now = useNow(DAY_MS)
  const may = useMay(slug, 'admin')
  const installation = useMe().data?.installationAdmin ?? false
  return (
    <Page
      title="Usage and budgets"
      description="What runs used of language models. Costs are worked out from the prices in the settings."
      back={<BackLink href={`/w/${slug}/agents`}>Agents</BackLink>}
    >
      {may && <Budgets slug={slug} />}
      {installation && <Budgets slug={null} />}
      <div className="flex flex-wrap gap-3">
        <Segmented<Group> aria-label="By" value={groupBy} onValueChange={setGroupBy} options={GROUPS} />
        <Segmented<Span> aria-label="Since" value={span} onValueChange={setSpan} options={SPANS} />
      </div>
      {now === null ? (
        <WaitingRows rows={5} height="h-12" />
      ) : (
        <Shown slug={slug} groupBy={groupBy} from={dayBefore(now, Number(span))} />
      )}
    </Page>
  )
}

/** Midnight in UTC, as the days are. */
const dayBefore = (now: number, days: number) =>
  new Date(Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS).toISOString()

function Shown({ slug, groupBy, from }: { slug: string; groupBy: Group; from: string }) {
  const usage = useUsage(slug, { groupBy, from })
  if (usage.isPending) return <WaitingRows rows={5} height="h-12" />
  if (usage.error && !usage.data) return <Problem error={usage.error} retry={usage.refetch} />
  const { rows, total } = usage.data
  if (rows.length === 0)
    return (
      <Empty icon={<Gauge />} title="No model was used">
        Runs of agents that use a model are counted here.
      </Empty>
    )
  return (
    <>
      <Sums total={total} />
      <Table label="Usage">
        <TableHead>
          <HeadRow>
            <Th>{GROUPS.find((it) => it.value === groupBy)?.label}</Th>
            <Th>Runs</Th>
            <Th>Tokens in</Th>
            <Th>Tokens out</Th>
            <Th>Cost</Th>
          </HeadRow>
        </TableHead>
        <TableBody>
          {rows.map((it) => (
            <Line key={it.key} row={it} name={nameOf(it)} most={Math.max(...rows.map(weightOf))} />
          ))}
        </TableBody>
      </Table>
    </>
  )
}

/** While another grouping is on its way, the rows are those of the last: each says by itself whether it is a day. */
const nameOf = ({ key, name }: UsageRow) =>
  /^\d{4}-\d\d-\d\d$/.test(key) ? formatDay(key, { dateStyle: 'medium' }) : name

/** What a bar stands for: the cost, or the tokens where nothing has a price. */
const weightOf = ({ cost, tokensIn, tokensOut }: UsageSum) => cost || (tokensIn + tokensOut) / 1e9

function Line({ row, name, most }: { row: UsageRow; name: string; most: number }) {
  const share = most > 0 ? Math.max(1, (100 * weightOf(row)) / most) : 0
  return (
    <Tr>
      <Td>
        <div className="w-full min-w-0">
          <span className="font-medium wrap-anywhere">{name}</span>
          <span aria-hidden className="mt-1 block h-1.5 w-full max-w-80 rounded-full bg-sunken">
            <span className="block h-full rounded-full bg-accent" style={{ width: `${share}%` }} />
          </span>
        </div>
      </Td>
      <Td label="Runs">{formatNumber(row.runs)}</Td>
      <Td label="Tokens in">
        {formatNumber(row.tokensIn)}
        {row.tokensCached > 0 && (
          <span className="text-faint"> ({formatNumber(row.tokensCached)} cached)</span>
        )}
      </Td>
      <Td label="Tokens out">{formatNumber(row.tokensOut)}</Td>
      <Td label="Cost">{row.cost > 0 ? formatDollars(row.cost) : '–'}</Td>
    </Tr>
  )
}

function Sums({ total }: { total: UsageSum }) {
  const facts = [
    ['Runs', formatNumber(total.runs)],
    ['Tokens in', formatNumber(total.tokensIn)],
    ['Tokens out', formatNumber(total.tokensOut)],
    ['Cost', total.cost > 0 ? formatDollars(total.cost) : 'no price known'],
  ]
  return (
    <Card aria-label="Total">
      <CardBody>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm sm:grid-cols-4">
          {facts.map(([label, words]) => (
            <div key={label}>
              <dt className="text-faint">{label}</dt>
              <dd className="text-lg font-semibold tabular-nums">{words}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  )
}
