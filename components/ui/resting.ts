'use client'
/** The value once it has rested: what is typed is not asked about at every letter. */
import { useEffect, useState } from 'react'

export function useResting<Value>(value: Value, restMs = 200): Value {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value, restMs])
  return rested
}
