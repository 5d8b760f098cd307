'use client'
/**
 * What stands around every page of a workspace: the way to
 * the others, and a word when something concerns them all.
 */
import { type ReactNode, Suspense, useEffect, useRef } from 'react'
import type { Me, Workspace } from '#lib/contract/workspace.ts'
import { madeFor } from '#lib/client/as-whom.ts'
import { LiveProvider } from '#lib/client/live.tsx'
import { useSendWhenBack } from '#lib/client/messages.ts'
import { useMe } from '#lib/client/people.ts'
import { keepReading } from '#lib/client/reading.ts'
import { useUnread } from '#lib/client/unread.ts'
import { keepForOffline } from '#lib/client/worker.ts'
import { usePathname } from 'next/navigation'
import type { Unread } from '#lib/contract/unread.ts'
import { AccountMenu } from './account-menu.tsx'
import { Banners } from './banners.tsx'
import { Keys, PaletteButton } from './keys.tsx'
import { BottomBar, SideLinks } from './links.tsx'
import { Mark } from './mark.tsx'
import { useScrollKept } from './scroll-kept.ts'
import { useBadge } from './use-badge.ts'
import { WorkspaceSwitcher } from './workspace-switcher.tsx'
import { lazily } from '#components/ui/lazily.tsx'

const DemoBanner = lazily(() => import('#components/demo/banner.tsx'))

interface ShellProps {
  workspace: Workspace
  me: Me
  unread: Unread | undefined
  children: ReactNode
}

export function Shell({ workspace, me, unread, children }: ShellProps) {
  const { shortcuts, timezone, clock, language } = (useMe(me).data ?? me).preferences
  // A browser that was not used before draws everything anew, once.
  useEffect(() => {
    if (keepReading({ timezone, clock, language })) location.reload()
  }, [timezone, clock, language])
  useEffect(() => madeFor(me.id), [me.id])
  useBadge(useUnread(workspace.slug, unread)?.messages ?? 0)
  const path = usePathname()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another one to keep
  useEffect(() => keepForOffline(), [path])
  const main = useRef<HTMLElement>(null)
  useScrollKept(main)
  return (
    <LiveProvider workspace={workspace}>
      <SendsWhenBack />
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
          <div className="flex flex-col gap-1.5">
            <WorkspaceSwitcher slug={workspace.slug} />
            <PaletteButton wide />
          </div>
          <SideLinks slug={workspace.slug} />
          <div className="mt-auto">
            <AccountMenu slug={workspace.slug} wide />
          </div>
        </aside>
        <header className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-2 md:hidden">
          <Mark className="size-6" />
          <div className="min-w-0 flex-1">
            <WorkspaceSwitcher slug={workspace.slug} />
          </div>
          <PaletteButton />
          <AccountMenu slug={workspace.slug} />
        </header>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Banners />
          {workspace.demo && (
            <Suspense>
              <DemoBanner instead={null} />
            </Suspense>
          )}
          {/* relative: what is there for screen readers alone is cut off here, and makes no window scroll. What is
              scrolled to stops below a bar that stays. */}
          <main
            ref={main}
            id="content"
            tabIndex={-1}
            className="relative min-h-0 flex-1 overflow-y-auto outline-none has-data-bar:max-xl:scroll-pt-14"
          >
            {children}
          </main>
        </div>
        <BottomBar slug={workspace.slug} />
        <Keys slug={workspace.slug} on={shortcuts} />
      </div>
    </LiveProvider>
  )
}

/** Whoever wrote something without a network goes on elsewhere, and it is sent all the same. */
function SendsWhenBack() {
  useSendWhenBack()
  return null
}
