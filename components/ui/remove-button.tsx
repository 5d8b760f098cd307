'use client'
/** Takes one thing out of a list, once that was asked about. */
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Confirm, type ConfirmProps } from './confirm.tsx'

interface RemoveButtonProps extends Pick<ConfirmProps, 'title' | 'children' | 'onConfirm'> {
  /** The thing, for whoever hears its button without seeing the list. */
  of: string
  label?: string
  icon?: ReactNode
  confirmLabel?: string
}

export const RemoveButton = ({
  of,
  label = 'Remove',
  icon,
  confirmLabel = label,
  ...question
}: RemoveButtonProps) => (
  <Confirm
    danger
    trigger={
      <Button variant="quietDanger" size="sm" aria-label={`${label}: ${of}`}>
        {icon}
        {label}
      </Button>
    }
    confirmLabel={confirmLabel}
    {...question}
  />
)
