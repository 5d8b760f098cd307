'use client'
/** Text of several lines, which grows with what is written. */
import { Field } from '@base-ui/react/field'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'
import { controlClass } from './input.tsx'

export function Textarea({ className, value, defaultValue, onChange, ...props }: ComponentProps<'textarea'>) {
  return (
    <Field.Control
      value={value}
      defaultValue={defaultValue}
      render={
        <textarea
          onChange={onChange}
          className={cn(controlClass, 'field-sizing-content max-h-96 min-h-20 resize-y py-2', className)}
          {...props}
        />
      }
    />
  )
}
