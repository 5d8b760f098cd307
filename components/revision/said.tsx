/** What a setting is. The server draws it too, and knows no zone of whoever looks: an instant says itself. */
import { Time } from '#components/ui/time.tsx'
import { isInstant, saidOf } from './saying.ts'

export const Said = ({ path, value }: { path: string; value: unknown }) =>
  isInstant(value) ? <Time at={value} /> : saidOf(path, value)
