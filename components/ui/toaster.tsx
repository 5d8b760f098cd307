'use client'
/** Shows passing words; loaded with the first of them. */
import { useTheme } from 'next-themes'
import { useEffect } from 'react'
import { Toaster as Base, toast } from 'sonner'

export type Show = typeof toast

/** `onReady` gets what shows a word, once there is a place for it. */
export default function Toaster({ onReady }: { onReady(show: Show): void }) {
  const { resolvedTheme } = useTheme()
  useEffect(() => onReady(toast), [onReady])
  return (
    <Base
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      // Above the bar at the foot of a phone.
      mobileOffset={{ bottom: '5rem' }}
      toastOptions={{
        className: '!rounded-lg !border-line !bg-raised !text-ink !font-sans !text-sm !shadow-raised',
        descriptionClassName: '!text-soft',
        actionButtonStyle: { background: 'var(--accent)', color: 'var(--on-accent)' },
      }}
    />
  )
}
