/** A checkbox with its words, which choose it too. */
import type { ReactNode } from 'react'
import { Checkbox } from './checkbox.tsx'

export function Choice({
  checked,
  onChange,
  children,
}: {
  checked: boolean
  onChange(on: boolean): void
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is one
    <label className="flex min-h-6 items-start gap-3">
      <Checkbox checked={checked} onCheckedChange={onChange} />
      <span className="min-w-0">{children}</span>
    </label>
  )
}
