/** One of two to five, all in sight. */
import { type ReactNode, useId } from 'react'

export interface SegmentedProps<Value extends string> {
  value: Value
  onValueChange(value: Value): void
  options: readonly { value: Value; label: string; icon?: ReactNode }[]
  'aria-label': string
}

export function Segmented<Value extends string>({
  value,
  onValueChange,
  options,
  'aria-label': name,
}: SegmentedProps<Value>) {
  const group = useId()
  return (
    <div
      role="radiogroup"
      aria-label={name}
      className="flex w-full gap-1 rounded-lg border border-line bg-sunken p-1 sm:w-fit"
    >
      {options.map((it) => (
        <label
          key={it.value}
          className="flex min-h-8 flex-1 cursor-pointer items-center justify-center gap-2 rounded-md px-2 text-sm font-medium whitespace-nowrap text-soft transition-colors select-none hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-checked:outline has-checked:outline-edge/60 has-focus-visible:outline-2 has-focus-visible:outline-focus pointer-coarse:min-h-10 sm:px-3 [&_svg]:hidden [&_svg]:size-4 [&_svg]:shrink-0 sm:[&_svg]:block"
        >
          <input
            type="radio"
            name={group}
            checked={it.value === value}
            onChange={() => onValueChange(it.value)}
            className="sr-only"
          />
          {it.icon}
          {it.label}
        </label>
      ))}
    </div>
  )
}
