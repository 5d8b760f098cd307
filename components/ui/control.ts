/** What every control looks like, and what it takes from the `Field` it stands in. */
import { createContext, use } from 'react'

export const controlClass =
  'usual-control min-w-0 rounded-md border border-edge bg-surface text-ink shadow-card transition-colors hover:border-soft disabled:bg-sunken disabled:text-faint data-invalid:border-bad focus-visible:outline-offset-0'
export const lineClass = 'h-9 pointer-coarse:h-11'

/** Its name, description and state, as assistive technology and the style sheet know them. */
export interface ControlProps {
  id?: string
  name?: string
  'aria-describedby'?: string
  'aria-invalid'?: true
  'data-invalid'?: ''
}
export const ControlContext = createContext<ControlProps>({})
/** To be spread on the control before its own. */
export const useControl = () => use(ControlContext)
