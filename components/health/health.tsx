'use client'
/** The installation, looked over: each check with what it found and, where something is wrong, what to do. */
import { CircleAlert, CircleCheck, CircleX, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { BackLink } from '#components/ui/back-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { Time } from '#components/ui/time.tsx'
import { useCheckup } from '#lib/client/checkup.ts'
import type { CheckLine } from '#lib/contract/checkup.ts'

const LEVELS: Record<CheckLine['level'], { word: string; icon: ReactNode }> = {
  ok: { word: 'Well', icon: <CircleCheck aria-hidden className="text-good" /> },
  warn: { word: 'To look at', icon: <CircleAlert aria-hidden className="text-warn" /> },
  fail: { word: 'Failing', icon: <CircleX aria-hidden className="text-bad" /> },
}

export function Health({ slug }: { slug: string }) {
  const checkup = useCheckup()
  const { data } = checkup
  return (
    <Page
      title="Health"
      width="narrow"
      back={<BackLink href={`/w/${slug}/settings`}>Settings</BackLink>}
      description={
        <>
          The same checks as <code className="font-mono text-sm">npm run doctor</code>. They change nothing.
        </>
      }
      actions={
        <Button pending={checkup.isFetching} onClick={() => void checkup.refetch()}>
          {!checkup.isFetching && <RotateCw aria-hidden />}Check again
        </Button>
      }
    >
      {checkup.error && !data ? (
        <Problem error={checkup.error} retry={checkup.refetch} title="The checks could not be made" />
      ) : data ? (
        <>
          <p role="status" className="text-soft">
            <strong className="font-semibold text-ink">{summary(data.checks)}</strong> Version {data.version},
            checked <Time at={data.at} format="second" />.
          </p>
          <Card aria-label="Checks">
            <ul className="divide-y divide-line">
              {data.checks.map((it) => (
                <Line key={it.name} line={it} />
              ))}
            </ul>
          </Card>
        </>
      ) : (
        <Waiting label="Looking it over" className="flex flex-col gap-3">
          {[1, 2, 3, 4, 5].map((n) => (
            <Skeleton key={n} className="h-12" />
          ))}
        </Waiting>
      )}
    </Page>
  )
}

function summary(checks: readonly CheckLine[]): string {
  const count = (level: CheckLine['level']) => checks.filter((it) => it.level === level).length
  const [failing, odd] = [count('fail'), count('warn')]
  if (failing + odd === 0) return 'All is well.'
  const parts = [failing > 0 && `${failing} failing`, odd > 0 && `${odd} to look at`].filter(Boolean)
  return `${parts.join(', ')}.`
}

function Line({ line: { name, level, says, remedy } }: { line: CheckLine }) {
  const { word, icon } = LEVELS[level]
  return (
    <li className="flex items-start gap-3 px-5 py-3 [&>svg]:mt-0.5 [&>svg]:size-5 [&>svg]:shrink-0">
      {icon}
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="wrap-anywhere">
          <span className="sr-only">{word}: </span>
          <strong className="font-medium">{name}</strong> <span className="text-soft">{says}</span>
        </p>
        {remedy && (
          <p className="flex items-center gap-2 text-sm text-soft">
            <span className="min-w-0 wrap-anywhere">→ {remedy}</span>
            {remedy.startsWith('chmod ') && <CopyButton text={remedy} label="Copy the command" />}
          </p>
        )}
      </div>
    </li>
  )
}
