'use client'
/** On or off, with effect at once. */
import { cn } from './cn.ts'
import { useControl } from './control.ts'

export interface SwitchProps {
  checked: boolean
  onCheckedChange(checked: boolean): void
  disabled?: boolean | undefined
  'aria-label'?: string | undefined
}

export function Switch({ checked, onCheckedChange, ...props }: SwitchProps) {
  return (
    <button
      {...useControl()}
      type="button"
      role="switch"
      aria-checked={checked}
      onClick={() => onCheckedChange(!checked)}
      className={cn(
        'group relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-edge bg-sunken p-0.5 transition-colors aria-checked:border-accent aria-checked:bg-accent disabled:opacity-55',
        // The target is larger than what is drawn.
        'before:absolute before:-inset-1.5',
      )}
      {...props}
    >
      <span className="block size-4 rounded-full bg-soft transition-[translate,background-color] group-aria-checked:translate-x-4 group-aria-checked:bg-on-accent" />
    </button>
  )
}
