'use client'
/** What came of a command: for whoever gave it, until the next one. */
import { X } from 'lucide-react'
import { Suspense } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Spinner } from '#components/ui/spinner.tsx'
import type { useCommand } from '#lib/client/commands.ts'
import { Formatted } from './formatted.tsx'

const ProposalCard = lazily(() => import('#components/proposal/card.tsx'))

export default function CommandAnswer({
  slug,
  command,
}: {
  slug: string
  command: ReturnType<typeof useCommand>
}) {
  const { data, error, isPending, variables } = command
  if (!isPending && !data && !error) return null
  const problem = error?.message ?? data?.problem
  return (
    <section
      aria-label="What came of the command"
      className={cn(
        'mb-2 max-h-[60vh] overflow-y-auto rounded-xl border border-line bg-sunken px-3.5 py-2.5 text-sm',
        problem && 'border-warn/45',
      )}
    >
      <div className="flex items-start gap-2">
        <div role="status" className="min-w-0 flex-1">
          <p className="font-mono text-xs text-faint wrap-anywhere">{variables}</p>
          {isPending && <Spinner label="It is being done" className="mt-1 text-faint" />}
          {data?.echo && <Formatted text={data.echo} />}
          {problem && <p className="mt-1 text-soft wrap-anywhere">{problem}</p>}
        </div>
        <Button variant="ghost" size="iconSm" aria-label="Put it away" onClick={() => command.reset()}>
          <X aria-hidden />
        </Button>
      </div>
      {data?.done?.kind === 'proposal' && (
        <div className="mt-2">
          <Suspense>
            <ProposalCard slug={slug} id={data.done.id} />
          </Suspense>
        </div>
      )}
      {data && data.choices.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-1.5">
          {data.choices.map((it) => (
            <li key={it.text}>
              <Button size="sm" onClick={() => command.mutate(it.text)}>
                {it.label}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
