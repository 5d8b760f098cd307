/** The schedule that would be made: what it is called, when it runs, what it lacks. */
import { PlannedRuns, Warnings } from '#components/schedule/planned.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { isProblem } from '#lib/client/problem.ts'
import type { useTemplatePlan } from '#lib/client/templates.ts'
import { wallWords } from '#components/schedule/wall-clock.ts'

export function Plan({ plan, zone }: { plan: ReturnType<typeof useTemplatePlan>; zone: string }) {
  const { data, error } = plan
  // What is not filled in yet is nobody's mistake.
  if (isProblem(error) && error.status === 422)
    return <p className="text-sm text-soft">It is shown here once the form is filled in.</p>
  if (error) return <ProblemNote error={error} />
  if (!data?.would) return <WaitingRows rows={4} className="flex flex-col gap-2.5" />
  const { missing, would } = data
  const remediesOf = (optional: boolean) =>
    missing.flatMap((it) => (it.optional === optional ? it.remedy : []))
  const stops = remediesOf(false)
  return (
    <div className="flex flex-col gap-4">
      <div>
        <p className="font-medium wrap-anywhere">{would.name}</p>
        <p className="text-sm text-soft">{would.humanReadable}</p>
      </div>
      {stops.length > 0 && (
        <div className="flex flex-col gap-2">
          <p className="text-sm">It will be paused until this is there:</p>
          <Warnings warnings={stops} />
        </div>
      )}
      <Warnings warnings={[...remediesOf(true), ...would.preview.warnings]} />
      <PlannedRuns
        instants={would.preview.instants.map((it) => ({ ...it, viewerLocal: wallWords(it.at, zone) }))}
        zone={would.timezone}
        viewerZone={zone}
      />
    </div>
  )
}
