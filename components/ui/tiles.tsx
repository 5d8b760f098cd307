/** One of several that need room for their names, all in sight. */
import { type ReactNode, useId } from 'react'

export interface TilesProps<Value extends string> {
  value: Value
  onValueChange(value: Value): void
  options: readonly { value: Value; label: string; icon: ReactNode }[]
  'aria-label': string
}

export function Tiles<Value extends string>({
  value,
  onValueChange,
  options,
  'aria-label': name,
}: TilesProps<Value>) {
  const group = useId()
  return (
    <div role="radiogroup" aria-label={name} className="grid grid-cols-1 gap-2 min-[26rem]:grid-cols-2">
      {options.map((it) => (
        <label
          key={it.value}
          className="flex min-h-11 cursor-pointer items-center gap-2.5 rounded-lg border border-line px-3 text-sm font-medium text-soft transition-colors select-none hover:bg-hover hover:text-ink has-checked:border-accent has-checked:bg-accent-soft has-checked:text-accent-text has-focus-visible:outline-2 has-focus-visible:outline-focus [&_svg]:size-4 [&_svg]:shrink-0"
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
