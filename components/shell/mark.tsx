/** The product's mark: three bells of a chime. */
import { cn } from '#components/ui/cn.ts'

export function Mark({ className }: { className?: string | undefined }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 32 32"
      className={cn('usual-mark shrink-0 text-accent', className)}
      fill="currentColor"
    >
      <path d="M3 5.5A1.5 1.5 0 0 1 4.5 4h23a1.5 1.5 0 0 1 0 3h-23A1.5 1.5 0 0 1 3 5.5Z" opacity=".55" />
      <path d="M12.1 20.2c1.2-1.3 1.6-3 1.6-5.4V9.6a2.3 2.3 0 0 1 4.6 0v5.2c0 2.4.4 4.1 1.6 5.4.8.9.2 2.3-1 2.3h-5.8c-1.2 0-1.8-1.4-1-2.3Z" />
      <circle cx="16" cy="26" r="2" />
      <path
        d="M3.5 15.7c.8-.9 1.1-2 1.1-3.7V9.3a1.7 1.7 0 0 1 3.4 0V12c0 1.7.3 2.8 1.1 3.7.6.7.1 1.7-.8 1.7h-4c-.9 0-1.4-1-.8-1.7Z"
        opacity=".8"
      />
      <circle cx="6.3" cy="20" r="1.4" opacity=".8" />
      <path
        d="M22.9 15.7c.8-.9 1.1-2 1.1-3.7V9.3a1.7 1.7 0 0 1 3.4 0V12c0 1.7.3 2.8 1.1 3.7.6.7.1 1.7-.8 1.7h-4c-.9 0-1.4-1-.8-1.7Z"
        opacity=".8"
      />
      <circle cx="25.7" cy="20" r="1.4" opacity=".8" />
    </svg>
  )
}
