'use client'
/**
 * What stands around every page of a workspace: the way to
 * the others, and a word when something concerns them all.
 */
import { type ReactNode, useRef } from 'react'
import type { Me, Workspace } from '#lib/contract/workspace.ts'
import { LiveProvider } from '#lib/client/live.tsx'
import { useMe } from '#lib/client/people.ts'
import { useUnread } from '#lib/client/unread.ts'
import type { Unread } from '#lib/contract/unread.ts'
import { AccountMenu } from './account-menu.tsx'
import { Banners } from './banners.tsx'
import { BottomBar, SideLinks } from './links.tsx'
import { Mark } from './mark.tsx'
import { useScrollKept } from './scroll-kept.ts'
import { useBadge } from './use-badge.ts'
import { WorkspaceSwitcher } from './workspace-switcher.tsx'

interface ShellProps {
  workspace: Workspace
  me: Me
  unread: Unread | undefined
  children: ReactNode
}

export function Shell({ workspace, me, unread, children }: ShellProps) {
  useMe(me)
  useBadge(useUnread(workspace.slug, unread)?.messages ?? 0)
  const main = useRef<HTMLElement>(null)
  useScrollKept(main)
  return (
    <LiveProvider workspace={workspace}>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the content
      </a>
      <div className="flex h-dvh flex-col md:flex-row">
        <aside className="hidden w-60 shrink-0 flex-col gap-5 border-r border-line px-3 py-4 md:flex">
          <div className="flex items-center gap-2.5 px-2 font-semibold tracking-tight">
            <Mark />
            Carillon
          </div>
          <WorkspaceSwitcher slug={workspace.slug} />
          <SideLinks slug={workspace.slug} />
          <div className="mt-auto">
            <AccountMenu wide />
          </div>
        </aside>
        <header className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-2 md:hidden">
          <Mark className="size-6" />
          <div className="min-w-0 flex-1">
            <WorkspaceSwitcher slug={workspace.slug} />
          </div>
          <AccountMenu />
        </header>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Banners />
          {/* relative: what is there for screen readers alone is cut off here, and makes no window scroll. */}
          <main
            ref={main}
            id="content"
            tabIndex={-1}
            className="relative min-h-0 flex-1 overflow-y-auto outline-none"
          >
            {children}
          </main>
        </div>
        <BottomBar slug={workspace.slug} />
      </div>
    </LiveProvider>
  )
}
