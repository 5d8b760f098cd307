/**
 * What does something (`Button`) and what leads somewhere
 * (`ButtonLink`); they look alike and are not the same element.
 */
import type { VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { buttonClass } from './button-class.ts'
import { cn } from './cn.ts'
import { Link, type LinkProps } from './link.tsx'
import { Spinner } from './spinner.tsx'

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof buttonClass> & {
    /** It was pressed and its effect is under way: a second press does nothing. */
    pending?: boolean | undefined
  }

export function Button({
  variant,
  size,
  pending = false,
  className,
  children,
  type = 'button',
  onClick,
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonClass({ variant, size }), className)}
      aria-busy={pending || undefined}
      // Not `disabled`: that would drop the focus of whoever pressed it with the keyboard.
      aria-disabled={pending || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {pending && <Spinner />}
      {children}
    </button>
  )
}

export type ButtonLinkProps = LinkProps & VariantProps<typeof buttonClass>

export function ButtonLink({ variant, size, className, ...props }: ButtonLinkProps) {
  return <Link className={cn(buttonClass({ variant, size }), className)} {...props} />
}
