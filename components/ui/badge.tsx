/** A short fact in a pill. A state needs an icon and words: colour alone says nothing to some. */
import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

const badgeClass = cva(
  'inline-flex min-h-6 max-w-full items-center gap-1.5 rounded-full px-2.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        neutral: 'bg-sunken text-soft',
        good: 'bg-good-soft text-good',
        bad: 'bg-bad-soft text-bad',
        warn: 'bg-warn-soft text-warn',
        busy: 'bg-busy-soft text-busy',
        accent: 'bg-accent-soft text-accent-text',
        outline: 'border border-line text-soft',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
)

export type Tone = NonNullable<VariantProps<typeof badgeClass>['tone']>

export function Badge({ tone, className, ...props }: ComponentProps<'span'> & { tone?: Tone | undefined }) {
  return <span className={cn(badgeClass({ tone }), className)} {...props} />
}
