/**
 * What a passage means, as a direction: a byte a dimension, which tells passages apart as well as the floats do, at a
 * quarter of their space.
 */
const MOST = 127

/** Base64. A vector without a direction is one of zeros, which is like nothing. */
export function packed(vector: readonly number[]): string {
  const length = Math.hypot(...vector)
  const unit = vector.map((it) => (length > 0 ? it / length : 0))
  // Few dimensions of many are large: what is kept is scaled to the largest.
  const largest = unit.reduce((most, it) => Math.max(most, Math.abs(it)), 0)
  const bytes = Int8Array.from(unit, (it) => (largest > 0 ? Math.round((it / largest) * MOST) : 0))
  return Buffer.from(bytes.buffer).toString('base64')
}

const unpacked = (base64: string): Int8Array => new Int8Array(Buffer.from(base64, 'base64'))

/** How alike two meanings are: from -1 to 1; 0 where they were not made by one model. */
export function likeness(one: readonly number[], base64: string): number {
  const other = unpacked(base64)
  if (other.length !== one.length) return 0
  let [dot, a, b] = [0, 0, 0]
  for (const [n, value] of one.entries()) {
    const byte = other[n] as number
    dot += value * byte
    a += value * value
    b += byte * byte
  }
  return a > 0 && b > 0 ? dot / Math.sqrt(a * b) : 0
}
