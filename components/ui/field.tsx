'use client'
/**
 * A control with its label, a hint and what is wrong with it. Whatever control of this folder stands inside
 * is wired to them: name, description and invalid state reach assistive technology without ids by hand.
 */
import { Field as Base } from '@base-ui/react/field'
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

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
  const text = (
    <>
      {label}
      {optional && <span className="ml-1.5 font-normal text-faint">optional</span>}
    </>
  )
  return (
    <Base.Root
      name={name}
      invalid={Boolean(error)}
      className={cn('flex min-w-0 flex-col gap-1.5', className)}
    >
      <div
        className={cn(
          'flex min-w-0 flex-col gap-1.5',
          inline && 'flex-row-reverse items-center justify-end gap-3',
        )}
      >
        <Base.Label className={cn('text-sm font-medium text-ink', hideLabel && 'sr-only')}>{text}</Base.Label>
        {children}
      </div>
      {hint && <Base.Description className="text-sm text-faint">{hint}</Base.Description>}
      <Base.Error match={Boolean(error)} className="flex items-start gap-1.5 text-sm text-bad">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0">{error}</span>
      </Base.Error>
    </Base.Root>
  )
}
