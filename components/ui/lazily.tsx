'use client'
/**
 * A part of a page that is loaded when it is wanted.
 *
 * Promise: where it cannot be loaded, without a network or after an update, the page stays as it is and says so; it is
 * tried again with the next press, and as soon as there is a network.
 */
import { Component, type ComponentType, lazy, type ReactNode, useEffect, useState } from 'react'
import { useOffline } from '#lib/client/offline.ts'
import { Button } from './button.tsx'
import { toast } from './toast.tsx'

/** What a part failed with that did not come; whatever else goes wrong in it is the page's. */
class Missing extends Error {
  override name = 'Missing'
}

interface LateProps {
  /** What stands in its place where it cannot be had, instead of a word about that. */
  instead?: ReactNode
  /** A press wants it: puts back what the press has changed. What is missing is said in passing then. */
  onMissing?: (() => void) | undefined
}
type Late<Props> = ComponentType<Props & LateProps> & {
  /** Begins to load it; whether that succeeds is seen when it is shown. */
  ahead(): void
}

/** As `lazy` of React, which would put the failure in the place of the whole page, and keep it. */
export function lazily<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): Late<Props> {
  const fetching = () =>
    lazy(() =>
      load().catch((cause: unknown) => {
        throw new Missing('A part of the page could not be loaded.', { cause })
      }),
    ) as ComponentType<Props>
  let Part = fetching()
  function Lately({ instead, onMissing, ...props }: Props & LateProps) {
    const [attempt, setAttempt] = useState(0)
    const Tried = Part
    const isSaid = onMissing !== undefined || instead !== undefined
    return (
      <Kept
        key={attempt}
        missed={() => {
          if (Part === Tried) Part = fetching()
          if (!onMissing) return
          sayMissing()
          onMissing()
        }}
        instead={isSaid ? instead : <Absent again={() => setAttempt(attempt + 1)} />}
      >
        <Tried {...(props as unknown as Props)} />
      </Kept>
    )
  }
  return Object.assign(Lately, { ahead: () => void load().catch(() => {}) })
}

/** For what a press wants and no page shows. */
export function sayMissing(): void {
  const { title, description } = wordsFor(!navigator.onLine)
  toast.warning(title, { id: 'missing', description })
}

const wordsFor = (offline: boolean) =>
  offline
    ? {
        title: 'This part needs the connection',
        description: 'You are offline, and it was not loaded before. Try again when you are back online.',
      }
    : {
        title: 'This part could not be loaded',
        description: 'Carillon may have been updated since you opened this page: reload it.',
      }

interface KeptProps {
  missed(): void
  instead: ReactNode
  children: ReactNode
}

class Kept extends Component<KeptProps, { error: unknown }> {
  override state = { error: null as unknown }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override componentDidCatch(error: unknown) {
    if (error instanceof Missing) this.props.missed()
  }
  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    if (!(error instanceof Missing)) throw error
    return this.props.instead
  }
}

/** Stands where the part would. */
function Absent({ again }: { again(): void }) {
  const offline = useOffline()
  const { title, description } = wordsFor(offline)
  useEffect(() => {
    addEventListener('online', again)
    return () => removeEventListener('online', again)
  }, [again])
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-2 py-1 text-sm text-soft">
      <span className="min-w-0">
        {title}. {description}
      </span>
      <Button size="sm" onClick={offline ? again : () => location.reload()}>
        {offline ? 'Try again' : 'Reload the page'}
      </Button>
    </div>
  )
}
