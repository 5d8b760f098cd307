// biome-ignore-all lint/a11y/noRedundantRoles: a table that is drawn as blocks loses the roles of its elements
/**
 * Rows and columns; under 640 px each row becomes a card, whose lines `Td label` names.
 */
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export function Table({ className, label, ...props }: ComponentProps<'table'> & { label: string }) {
  return (
    <div className="overflow-x-auto sm:rounded-xl sm:border sm:border-line sm:bg-surface sm:shadow-card">
      <table
        role="table"
        aria-label={label}
        className={cn('block w-full text-sm sm:table', className)}
        {...props}
      />
    </div>
  )
}

export function TableHead({ className, ...props }: ComponentProps<'thead'>) {
  return (
    <thead
      role="rowgroup"
      className={cn('sr-only sm:not-sr-only sm:table-header-group', className)}
      {...props}
    />
  )
}

export function HeadRow({ className, ...props }: ComponentProps<'tr'>) {
  return <tr role="row" className={className} {...props} />
}

export function TableBody({ className, ...props }: ComponentProps<'tbody'>) {
  return (
    <tbody role="rowgroup" className={cn('flex flex-col gap-3 sm:table-row-group', className)} {...props} />
  )
}

export function Tr({ className, ...props }: ComponentProps<'tr'>) {
  return (
    <tr
      role="row"
      className={cn(
        'block rounded-xl border border-line bg-surface px-4 py-2 shadow-card sm:table-row sm:rounded-none sm:border-0 sm:bg-transparent sm:shadow-none sm:[tbody_&]:border-t sm:[tbody_&]:border-line sm:[tbody_&:first-child]:border-t-0 sm:[tbody_&:hover]:bg-ground',
        className,
      )}
      {...props}
    />
  )
}

export function Th({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      role="columnheader"
      scope="col"
      className={cn(
        'border-b border-line px-4 py-2.5 text-left text-xs font-medium whitespace-nowrap text-faint first:pl-5 last:pr-5',
        className,
      )}
      {...props}
    />
  )
}

/** `label`: the column's name, shown on the card. Without one the cell takes the card's whole width. */
export function Td({
  label,
  className,
  children,
  ...props
}: ComponentProps<'td'> & { label?: string | undefined }) {
  return (
    <td
      role="cell"
      data-label={label}
      className={cn(
        'usual-cell flex min-w-0 items-start gap-4 max-sm:py-1.5 align-middle wrap-anywhere sm:table-cell sm:px-4 sm:first:pl-5 sm:last:pr-5',
        className,
      )}
      {...props}
    >
      {label ? <div className="min-w-0 text-right sm:text-left">{children}</div> : children}
    </td>
  )
}

/** What stands for the rows that are out of sight. */
export const Room = ({ px }: { px: number }) =>
  px > 0 && (
    <tr aria-hidden className="block sm:table-row">
      <td className="block p-0 sm:table-cell" style={{ height: px }} />
    </tr>
  )
