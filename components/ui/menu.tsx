'use client'
/** A list of things to do or to choose from, behind a button. */
import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn.ts'
import { optionClass, popupClass } from './popup.ts'

export const Menu = Base.Root
/** `<MenuTrigger render={<Button>…</Button>} />` */
export const MenuTrigger = Base.Trigger
export const MenuGroup = Base.Group
export const MenuRadioGroup = Base.RadioGroup

type Side = Pick<ComponentProps<typeof Base.Positioner>, 'side' | 'align'>

export function MenuContent({
  children,
  className,
  side = 'bottom',
  align = 'start',
}: Side & { children: ReactNode; className?: string | undefined }) {
  return (
    <Base.Portal>
      <Base.Positioner
        side={side}
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className="z-50 outline-none"
      >
        <Base.Popup
          className={cn(
            popupClass,
            'max-h-(--available-height) min-w-44 max-w-[min(22rem,var(--available-width))] overflow-y-auto p-1',
            className,
          )}
        >
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  )
}

export function MenuItem({
  danger = false,
  className,
  ...props
}: Omit<ComponentProps<typeof Base.Item>, 'className'> & {
  danger?: boolean | undefined
  className?: string | undefined
}) {
  return (
    <Base.Item
      className={cn(optionClass, danger && 'text-bad data-highlighted:bg-bad-soft', className)}
      {...props}
    />
  )
}

export function MenuLink({
  href,
  className,
  children,
}: {
  href: string
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <Base.LinkItem closeOnClick render={<Link href={href} />} className={cn(optionClass, className)}>
      {children}
    </Base.LinkItem>
  )
}

export function MenuRadioItem({
  className,
  children,
  ...props
}: Omit<ComponentProps<typeof Base.RadioItem>, 'className'> & { className?: string | undefined }) {
  return (
    <Base.RadioItem closeOnClick className={cn(optionClass, 'pr-8', className)} {...props}>
      {children}
      <Base.RadioItemIndicator className="absolute right-3 text-accent-text">
        <Check aria-hidden />
      </Base.RadioItemIndicator>
    </Base.RadioItem>
  )
}

/** Stands in a `MenuGroup` or a `MenuRadioGroup`. */
export function MenuLabel({
  className,
  ...props
}: Omit<ComponentProps<typeof Base.GroupLabel>, 'className'> & { className?: string | undefined }) {
  return (
    <Base.GroupLabel className={cn('px-2 pt-2 pb-1 text-xs font-medium text-faint', className)} {...props} />
  )
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />
}
