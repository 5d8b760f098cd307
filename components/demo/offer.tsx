'use client'
/** The way to a workspace with a history, for whoever wants to look around before anything is planned. */
import { Sparkles } from 'lucide-react'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useDemo, useLoadDemo } from '#lib/client/demo.ts'

export default function DemoOffer() {
  const demo = useDemo().data
  const loading = useLoadDemo()
  if (!demo) return null
  if (demo.state === 'ready')
    return (
      <ButtonLink variant="ghost" href={`/w/${demo.slug}/now`}>
        <Sparkles aria-hidden />
        Open the demo
      </ButtonLink>
    )
  if (demo.state === 'making') return <Making progress={demo.progress} />
  const error = loading.error ?? (demo.problem ? { title: 'No demo', detail: demo.problem } : null)
  return (
    <div className="flex flex-col items-center gap-2">
      <Button variant="ghost" pending={loading.isPending} onClick={() => loading.mutate()}>
        {!loading.isPending && <Sparkles aria-hidden />}
        Load a demo workspace
      </Button>
      <p className="max-w-sm text-sm text-faint">
        A tea shop with thirty days of history, in a workspace of its own. It can be removed again.
      </p>
      {error && <ProblemNote error={error} />}
    </div>
  )
}

function Making({ progress }: { progress: number }) {
  const percent = Math.round(progress * 100)
  return (
    <div className="flex w-full max-w-xs flex-col gap-1.5">
      <p role="status" className="text-sm text-soft">
        Thirty days are being lived through … This takes a minute or two, and you can go on meanwhile.
      </p>
      <progress
        max={100}
        value={percent}
        aria-label="How much of the demo is made"
        className="h-1.5 w-full overflow-hidden rounded-full accent-accent"
      />
    </div>
  )
}
