'use client'
/** A passing word about what was just done. What must not be missed belongs on the page. */
import { useTheme } from 'next-themes'
import { Toaster as Base } from 'sonner'

export { toast } from 'sonner'

export function Toaster() {
  const { resolvedTheme } = useTheme()
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
