'use client'
/** A list of things to do or to choose from, behind a button. */
import type { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import { lazily } from './lazily.tsx'
import { Link } from './link.tsx'
import { type ComponentProps, createContext, type ReactElement, type ReactNode, Suspense, use } from 'react'
import { cn } from './cn.ts'
import { type OpeningProps, OpeningProvider, opens, useOpened, useOpening } from './opening.tsx'
import { optionClass } from './popup.ts'

const Popup = lazily(() => import('./menu-popup.tsx'))

/** What the parts of an open menu are made of: it comes with the menu. */
export const PartsContext = createContext<typeof Base | null>(null)
function useParts(): typeof Base {
  const parts = use(PartsContext)
  if (!parts) throw new Error('This stands in the content of a menu.')
  return parts
}

export function Menu({ children, ...props }: OpeningProps & { children: ReactNode }) {
  return <OpeningProvider value={useOpening(props)}>{children}</OpeningProvider>
}

/** `<MenuTrigger render={<Button>…</Button>} />`, or the content of a plain button. */
export function MenuTrigger({
  render,
  ...props
}: { render?: ReactElement } & Omit<ComponentProps<'button'>, 'ref'>) {
  return opens(render ?? <button type="button" {...props} />, useOpened(), 'menu', Popup.ahead)
}

export interface MenuContentProps extends Pick<ComponentProps<typeof Base.Positioner>, 'side' | 'align'> {
  children: ReactNode
  className?: string | undefined
}

export function MenuContent(props: MenuContentProps) {
  const opening = useOpened()
  if (!opening.asked) return null
  return (
    <Suspense>
      <Popup opening={opening} onMissing={opening.unask} {...props} />
    </Suspense>
  )
}

export function MenuGroup(props: ComponentProps<typeof Base.Group>) {
  const { Group } = useParts()
  return <Group {...props} />
}
export function MenuRadioGroup(props: ComponentProps<typeof Base.RadioGroup>) {
  const { RadioGroup } = useParts()
  return <RadioGroup {...props} />
}

export function MenuItem({
  danger = false,
  className,
  ...props
}: Omit<ComponentProps<typeof Base.Item>, 'className'> & {
  danger?: boolean | undefined
  className?: string | undefined
}) {
  const { Item } = useParts()
  return (
    <Item
      className={cn(optionClass, danger && 'text-bad data-highlighted:bg-bad-soft', className)}
      {...props}
    />
  )
}

export function MenuLink({
  href,
  current,
  className,
  children,
}: {
  href: string
  /** It leads to where the reader is. */
  current?: 'page' | undefined
  className?: string | undefined
  children: ReactNode
}) {
  const { LinkItem } = useParts()
  return (
    <LinkItem
      closeOnClick
      render={<Link href={href} aria-current={current} />}
      className={cn(optionClass, current && 'font-medium text-accent-text', className)}
    >
      {children}
    </LinkItem>
  )
}

export function MenuRadioItem({
  className,
  children,
  ...props
}: Omit<ComponentProps<typeof Base.RadioItem>, 'className'> & { className?: string | undefined }) {
  const { RadioItem, RadioItemIndicator } = useParts()
  return (
    <RadioItem closeOnClick className={cn(optionClass, 'pr-8', className)} {...props}>
      {children}
      <RadioItemIndicator className="absolute right-3 text-accent-text">
        <Check aria-hidden />
      </RadioItemIndicator>
    </RadioItem>
  )
}

/** Stands in a `MenuGroup` or a `MenuRadioGroup`. */
export function MenuLabel({
  className,
  ...props
}: Omit<ComponentProps<typeof Base.GroupLabel>, 'className'> & { className?: string | undefined }) {
  const { GroupLabel } = useParts()
  return <GroupLabel className={cn('px-2 pt-2 pb-1 text-xs font-medium text-faint', className)} {...props} />
}

export function MenuSeparator() {
  const { Separator } = useParts()
  return <Separator className="mx-1 my-1 h-px bg-line" />
}
