/** The frame of the pages outside a workspace: signing in, setting up, joining. */
import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'

export function FrontDoor({
  title,
  description,
  children,
}: {
  title: ReactNode
  description?: ReactNode
  children?: ReactNode
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="flex w-full max-w-md flex-col gap-6">
        <div className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Mark className="size-8" />
          Carillon
        </div>
        <div className="flex flex-col gap-6 rounded-xl border border-line bg-surface p-6 shadow-card sm:p-8">
          <header className="flex flex-col gap-1.5">
            <h1 className="text-xl font-semibold">{title}</h1>
            {description && <div className="text-soft wrap-anywhere">{description}</div>}
          </header>
          {children}
        </div>
      </div>
    </main>
  )
}
