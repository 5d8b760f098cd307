/** One of several that stand in a row; pressed or not. */
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export function Chip({ on, onPress, children }: { on: boolean; onPress(): void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onPress}
      className={cn(
        'inline-flex min-h-8 items-center gap-1.5 rounded-full border px-3 text-sm transition-colors',
        'pointer-coarse:min-h-10 [&_svg]:size-3.5 [&_svg]:animate-none',
        on
          ? 'border-accent bg-accent-soft font-medium text-accent-text'
          : 'border-edge/60 bg-surface text-soft hover:bg-hover',
      )}
    >
      {children}
    </button>
  )
}
