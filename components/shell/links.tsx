'use client'
/** The places of a workspace: at the side of a wide page, at the foot of a phone's. */
import {
  Bot,
  CalendarClock,
  ChartGantt,
  FileText,
  Gauge,
  History,
  Inbox,
  type LucideIcon,
  MessagesSquare,
  MoreHorizontal,
  Settings2,
  Users,
  Zap,
} from 'lucide-react'
import { LinkAhead } from '#components/ui/link.tsx'
import { usePathname } from 'next/navigation'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuContent, MenuLink, MenuTrigger } from '#components/ui/menu.tsx'
import { useInbox } from '#lib/client/approvals.ts'
import { useUnread } from '#lib/client/unread.ts'

interface Place {
  path: string
  /** After `g` it leads there. */
  key: string
  label: string
  /** Pages that belong to it and stand elsewhere. */
  also?: string
  /** On a phone it is one press away. */
  away?: true
  Icon: LucideIcon
}

export const PLACES: readonly Place[] = [
  { path: '/now', key: 'h', label: 'Now', Icon: Gauge },
  { path: '', key: 'c', label: 'Chat', Icon: MessagesSquare },
  { path: '/timeline', key: 'l', label: 'Timeline', away: true, Icon: ChartGantt },
  { path: '/schedules', key: 's', label: 'Schedules', also: '/templates', Icon: CalendarClock },
  { path: '/executions', key: 'r', label: 'Runs', Icon: History },
  { path: '/approvals', key: 'i', label: 'Approvals', Icon: Inbox },
  { path: '/agents', key: 'a', label: 'Agents', Icon: Bot },
  { path: '/documents', key: 'd', label: 'Documents', Icon: FileText },
  { path: '/events', key: 'e', label: 'Events', Icon: Zap },
  { path: '/members', key: 'm', label: 'Members', Icon: Users },
  { path: '/settings', key: 't', label: 'Settings', Icon: Settings2 },
]

function usePlaces(slug: string) {
  const here = usePathname()
  const unread = useUnread(slug)?.messages ?? 0
  const waiting = useInbox('pending').data?.approvals.length ?? 0
  return PLACES.map((it) => {
    const href = `/w/${slug}${it.path}`
    const isAt = (path: string) => here === `/w/${slug}${path}` || here.startsWith(`/w/${slug}${path}/`)
    const current = it.path === '' ? here === href : isAt(it.path) || (it.also !== undefined && isAt(it.also))
    const count = it.path === '/approvals' ? waiting : it.path === '' ? unread : 0
    return { ...it, href, count, current: current ? ('page' as const) : undefined }
  })
}

export function SideLinks({ slug }: { slug: string }) {
  return (
    <nav aria-label="Workspace">
      <ul className="flex flex-col gap-0.5">
        {usePlaces(slug).map(({ href, label, Icon, count, current }) => (
          <li key={href}>
            <LinkAhead
              href={href}
              aria-current={current}
              className={cn(
                'usual-place relative flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium transition-colors hover:bg-hover hover:text-ink',
                current &&
                  'bg-hover text-ink before:absolute before:inset-y-2 before:-left-3 before:w-0.75 before:rounded-r-full before:bg-accent',
              )}
            >
              <Icon
                aria-hidden
                className={cn('size-4.5 shrink-0', current ? 'text-accent-text' : 'text-faint')}
              />
              {label}
              {count > 0 && <Count n={count} of={label} className="ml-auto" />}
            </LinkAhead>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The most that the inbox reads at once is shown as that many and more. */
const Count = ({ n, of, className }: { n: number; of: string; className: string }) => (
  <span
    className={cn(
      'flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent tabular-nums',
      className,
    )}
  >
    {n >= 100 ? '99+' : n}
    <span className="sr-only">{of === 'Chat' ? ' unread' : ' waiting for a decision'}</span>
  </span>
)

/** So many stand on a phone. */
const AT_HAND = 5
const tabClass = (current: boolean) =>
  cn(
    'usual-tab relative flex h-14 w-full flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium focus-visible:-outline-offset-2',
    current &&
      'text-accent-text before:absolute before:inset-x-4 before:top-0 before:h-0.5 before:rounded-b-full before:bg-accent',
  )

export function BottomBar({ slug }: { slug: string }) {
  const places = usePlaces(slug)
  const near = places.filter((it) => !it.away)
  const others = [...places.filter((it) => it.away), ...near.slice(AT_HAND)]
  return (
    <nav
      aria-label="Workspace"
      className="shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="flex">
        {near.slice(0, AT_HAND).map(({ href, label, Icon, count, current }) => (
          <li key={href} className="min-w-0 flex-1">
            <LinkAhead href={href} aria-current={current} className={tabClass(current !== undefined)}>
              <Icon aria-hidden className="size-5" />
              {label}
              {count > 0 && <Count n={count} of={label} className="absolute top-1 right-1/2 -mr-6" />}
            </LinkAhead>
          </li>
        ))}
        <li className="min-w-0 flex-1">
          <Menu>
            <MenuTrigger className={tabClass(others.some((it) => it.current))}>
              <MoreHorizontal aria-hidden className="size-5" />
              More
            </MenuTrigger>
            <MenuContent side="top" align="end">
              {others.map(({ href, label, Icon, current }) => (
                <MenuLink key={href} href={href} current={current}>
                  <Icon aria-hidden />
                  {label}
                </MenuLink>
              ))}
            </MenuContent>
          </Menu>
        </li>
      </ul>
    </nav>
  )
}
