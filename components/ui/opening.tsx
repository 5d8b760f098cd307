'use client'
/**
 * A control that opens something which is loaded when somebody reaches for it: a menu, a dialog, a question.
 *
 * Promise: the control is there and says what it does from the first paint; what it opens comes with the first
 * hover, focus or press, and nothing of it before.
 */
import {
  cloneElement,
  createContext,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  type RefObject,
  use,
  useRef,
  useState,
} from 'react'

export interface Opening {
  open: boolean
  setOpen(open: boolean): void
  /** It was open at least once. */
  asked: boolean
  /** As if it had never been asked for: it could not be had. */
  unask(): void
  control: RefObject<HTMLElement | null>
}
const Context = createContext<Opening | null>(null)

export interface OpeningProps {
  /** Where it is opened from elsewhere, too. */
  open?: boolean | undefined
  onOpenChange?: ((open: boolean) => void) | undefined
}

export function useOpening({ open: given, onOpenChange }: OpeningProps): Opening {
  const [own, setOwn] = useState(false)
  const [asked, setAsked] = useState(false)
  const control = useRef<HTMLElement>(null)
  const open = given ?? own
  if (open && !asked) setAsked(true)
  const setOpen = (next: boolean) => {
    setOwn(next)
    onOpenChange?.(next)
  }
  const unask = () => {
    setAsked(false)
    setOpen(false)
  }
  return { open, setOpen, asked, unask, control }
}

export const OpeningProvider = ({ value, children }: { value: Opening; children: ReactNode }) => (
  <Context value={value}>{children}</Context>
)

export function useOpened(): Opening {
  const opening = use(Context)
  if (!opening) throw new Error('This stands in a menu or a dialog.')
  return opening
}

type Control = ReactElement<HTMLAttributes<HTMLElement> & { ref?: RefObject<HTMLElement | null> }>

/** The control itself, wired: `load` begins to fetch what it opens. */
export function opens(
  control: ReactElement,
  { open, setOpen, control: ref }: Opening,
  kind: 'menu' | 'dialog',
  load: () => void,
): ReactElement {
  const bound = {
    ref,
    'aria-haspopup': kind,
    'aria-expanded': open,
    ...(open && { 'data-popup-open': '' }),
    onPointerEnter: load,
    onFocus: load,
    onClick: () => setOpen(!open),
    ...(kind === 'menu' && {
      onKeyDown(event: { key: string; preventDefault(): void }) {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
        event.preventDefault()
        setOpen(true)
      },
    }),
  }
  return cloneElement(control as Control, bound)
}
