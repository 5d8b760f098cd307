/** How a button looks. By itself, for what must look like one and is light: a page that says why there is no page. */
import { cva } from 'class-variance-authority'

export const buttonClass = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-on-accent shadow-card hover:not-disabled:bg-accent-hover',
        secondary:
          'border border-edge/60 bg-surface text-ink shadow-card hover:not-disabled:bg-hover data-popup-open:bg-hover',
        ghost:
          'text-soft hover:not-disabled:bg-hover hover:not-disabled:text-ink data-popup-open:bg-hover data-popup-open:text-ink',
        danger:
          'bg-bad text-on-bad shadow-card hover:not-disabled:brightness-92 dark:hover:not-disabled:brightness-108',
        quietDanger: 'text-bad hover:not-disabled:bg-bad-soft',
        link: 'text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:not-disabled:decoration-accent-text',
      },
      size: {
        sm: 'h-8 px-2.5 text-sm pointer-coarse:h-10',
        md: 'h-9 px-3.5 text-sm pointer-coarse:h-11',
        /** Beside another one, of which it is a part. */
        slim: 'h-9 px-2 text-sm pointer-coarse:h-11',
        lg: 'h-11 px-5 text-base',
        icon: 'size-9 pointer-coarse:size-11',
        iconSm: 'size-8 pointer-coarse:size-10',
        inline: 'min-h-6 text-[length:inherit]',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)
