/**
 * Something went wrong: what, why, and a way to try again. Reads any
 * error that has a title and a detail, and others by their message.
 */
import { CircleAlert, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { isProblem, LOOK_AGAIN } from '#lib/client/problem.ts'
import { Button } from './button.tsx'
import { cn } from './cn.ts'
import { meanwhileWords } from './meanwhile.ts'

function wordsOf(error: unknown): { title: string; detail: string } {
  if (isProblem(error) && error.meanwhile)
    return { title: 'Changed meanwhile', detail: `${meanwhileWords(error.meanwhile)} ${LOOK_AGAIN}` }
  const told =
    typeof error === 'object' && error !== null
      ? (error as { title?: unknown; detail?: unknown; message?: unknown })
      : {}
  const title = typeof told.title === 'string' ? told.title : 'Something went wrong'
  const detail =
    typeof told.detail === 'string'
      ? told.detail
      : typeof told.message === 'string'
        ? told.message
        : String(error)
  return { title, detail }
}

/** In the place of what could not be shown. */
export function Problem({
  error,
  title,
  retry,
  action,
  className,
}: {
  error: unknown
  title?: string | undefined
  retry?: (() => unknown) | undefined
  action?: ReactNode
  className?: string | undefined
}) {
  const words = wordsOf(error)
  return (
    <div role="alert" className={cn('flex flex-col items-center gap-4 px-6 py-14 text-center', className)}>
      <span
        aria-hidden
        className="flex size-12 items-center justify-center rounded-full bg-bad-soft text-bad"
      >
        <CircleAlert className="size-6" />
      </span>
      <div className="flex max-w-md flex-col gap-1">
        <h2 className="text-lg font-semibold">{title ?? words.title}</h2>
        <p className="text-soft wrap-anywhere">{words.detail}</p>
      </div>
      {(retry || action) && (
        <div className="flex flex-wrap justify-center gap-2">
          {retry && (
            <Button onClick={() => retry()}>
              <RotateCw aria-hidden />
              Try again
            </Button>
          )}
          {action}
        </div>
      )}
    </div>
  )
}

/** In a form, beside what could not be done. */
export function ProblemNote({ error, className }: { error: unknown; className?: string | undefined }) {
  const { title, detail } = wordsOf(error)
  return (
    <div
      role="alert"
      className={cn(
        'flex items-start gap-2.5 rounded-lg bg-bad-soft px-3.5 py-3 text-sm text-bad',
        className,
      )}
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0 wrap-anywhere">
        <strong className="font-semibold">{title}.</strong> {detail}
      </p>
    </div>
  )
}
