'use client'
/**
 * A control with its label, a hint and what is wrong with it. Whatever control of this folder stands inside
 * is wired to them: name, description and invalid state reach assistive technology without ids by hand.
 */
import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { cn } from './cn.ts'
import { ControlContext, type ControlProps } from './control.ts'

export interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  /** Present: the field is invalid, and this says why. */
  error?: ReactNode
  name?: string | undefined
  optional?: boolean | undefined
  /** For a switch: the control beside its label. */
  inline?: boolean | undefined
  hideLabel?: boolean | undefined
  className?: string | undefined
  children: ReactNode
}

export function Field({
  label,
  hint,
  error,
  name,
  optional = false,
  inline = false,
  hideLabel = false,
  className,
  children,
}: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  const control: ControlProps = {
    id,
    ...(name && { name }),
    ...(described && { 'aria-describedby': described }),
    ...(error && { 'aria-invalid': true, 'data-invalid': '' }),
  }
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <div
        className={cn(
          'usual-field flex min-w-0',
          inline && 'flex-row-reverse items-center justify-end gap-3',
        )}
      >
        <label htmlFor={id} className={cn('text-sm font-medium text-ink', hideLabel && 'sr-only')}>
          {label}
          {optional && <span className="ml-1.5 font-normal text-faint">optional</span>}
        </label>
        <ControlContext value={control}>{children}</ControlContext>
      </div>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-faint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-sm text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0">{error}</span>
        </p>
      )}
    </div>
  )
}
