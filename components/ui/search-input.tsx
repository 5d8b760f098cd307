/** Words to search for. */
import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'
import { Input } from './input.tsx'

export function SearchInput({
  label,
  placeholder,
  value,
  onChange,
  className,
  children,
}: {
  label: string
  placeholder: string
  value: string
  onChange(value: string): void
  className?: string | undefined
  /** What stands at its end, such as a button that clears it. */
  children?: ReactNode
}) {
  return (
    <div className={cn('relative min-w-0', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 z-10 size-4 -translate-y-1/2 text-faint"
      />
      <Input
        aria-label={label}
        aria-keyshortcuts="f /"
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={children === undefined ? 'pl-8.5' : 'px-8.5'}
      />
      {children}
    </div>
  )
}
