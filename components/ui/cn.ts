/** Joins class names; where two say different things about the same property, the later one holds. */
import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

const merge = extendTailwindMerge({ extend: { theme: { shadow: ['card', 'raised'] } } })
export const cn = (...classes: ClassValue[]) => merge(clsx(classes))
