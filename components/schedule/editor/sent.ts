/** What is told once a schedule is saved, and where to go. */
import { toast } from '#components/ui/toast.tsx'
import type { Trigger } from '#lib/contract/trigger.ts'
import { followsClock } from '../kinds.ts'

/** The form is left with it: it stays until somebody has put it away. */
const UNTIL_READ = { duration: Number.POSITIVE_INFINITY, closeButton: true }

export function tell({ name, kind }: Trigger, warnings: string[], wasThere: boolean) {
  toast.success(wasThere ? 'Saved' : followsClock(kind) ? `${name} is planned` : `${name} waits`)
  for (const description of warnings)
    toast.warning('It was saved, but look at this', { description, ...UNTIL_READ })
}

/** The page of the run that was begun; of the schedule where it could not be. */
export async function started(
  slug: string,
  it: Trigger,
  start: () => Promise<{ execution: { id: number } }>,
): Promise<string> {
  try {
    const { execution } = await start()
    return `/w/${slug}/executions/${execution.id}`
  } catch (error) {
    toast.error('It was saved, but not started', { description: (error as Error).message })
    return `/w/${slug}/schedules/${it.id}`
  }
}
