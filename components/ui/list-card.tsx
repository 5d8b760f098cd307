'use client'
/** A card with a list of things of one kind: what they are, how to add one, and what stands there without any. */
import type { ReactNode } from 'react'
import { Card, CardHeader, CardTitle } from './card.tsx'
import { cn } from './cn.ts'
import { EmptyLine } from './empty.tsx'
import { Problem } from './problem.tsx'
import { Skeleton, Waiting } from './skeleton.tsx'

/** What a query says, as far as a list needs it. */
interface Known<Item> {
  data: readonly Item[] | undefined
  error: unknown
  refetch(): unknown
}

export function ListCard<Item>({
  id,
  title,
  about,
  action,
  above,
  below,
  items,
  empty,
  children,
}: {
  id: string
  title: ReactNode
  about: ReactNode
  action?: ReactNode
  /** Beside the items, such as a search over them and a way to more. */
  above?: ReactNode
  below?: ReactNode
  items: Known<Item>
  empty?: { icon: ReactNode; title: string; words: ReactNode }
  children(item: Item, place: number): ReactNode
}) {
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id={id}>{title}</CardTitle>
          <p className="text-sm text-faint">{about}</p>
        </div>
        {action}
      </CardHeader>
      {above}
      <Items items={items} empty={empty}>
        {children}
      </Items>
      {below}
    </Card>
  )
}

function Items<Item>({
  items,
  empty,
  children,
}: {
  items: Known<Item>
  empty: { icon: ReactNode; title: string; words: ReactNode } | undefined
  children(item: Item, place: number): ReactNode
}) {
  if (items.error && !items.data) return <Problem error={items.error} retry={items.refetch} />
  const none = (className?: string) =>
    empty && (
      <EmptyLine icon={empty.icon} title={empty.title} className={className}>
        {empty.words}
      </EmptyLine>
    )
  if (!items.data)
    return (
      <Waiting className="relative">
        {/* As high as the words that stand there without any: what follows stays where it is. */}
        {none('invisible')}
        <Skeleton className={cn('h-10', empty ? 'absolute inset-x-5 top-4' : 'm-5')} />
      </Waiting>
    )
  if (items.data.length === 0 && empty) return none()
  return <ul className="mt-3 divide-y divide-line border-t border-line">{items.data.map(children)}</ul>
}
