'use client'
/** One line of text. Inside a `Field` it takes its name and state from there. */
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'
import { controlClass, lineClass, useControl } from './control.ts'

export function Input({
  className,
  onValueChange,
  ...props
}: ComponentProps<'input'> & { onValueChange?: ((value: string) => void) | undefined }) {
  return (
    <input
      {...useControl()}
      {...(onValueChange && { onChange: (event) => onValueChange(event.currentTarget.value) })}
      {...props}
      className={cn(controlClass, lineClass, className)}
    />
  )
}
