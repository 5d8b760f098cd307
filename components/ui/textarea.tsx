'use client'
/** Text of several lines, which grows with what is written. */
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'
import { controlClass, useControl } from './control.ts'

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...useControl()}
      {...props}
      className={cn(controlClass, 'usual-textarea field-sizing-content max-h-96 resize-y py-2', className)}
    />
  )
}
