/** How p-values of several tests are raised so that taking many looks does not find what is not there. */
export const adjustments = [
  'bonferroni',
  'holm',
  'hochberg',
  'hommel',
  'benjamini-hochberg',
  'benjamini-yekutieli',
  'none',
] as const
export type Adjustment = (typeof adjustments)[number]

/** Running extremes along an order of indices, put back in place. */
function alongOrder(
  p: Float64Array,
  order: Uint32Array,
  factor: (place: number) => number,
  pick: (a: number, b: number) => number,
): Float64Array {
  const adjusted = new Float64Array(p.length)
  let best: number | undefined
  for (const [place, index] of order.entries()) {
    const value = factor(place) * (p[index] as number)
    best = best === undefined ? value : pick(best, value)
    adjusted[index] = Math.min(1, best)
  }
  return adjusted
}

/**
 * p-values adjusted for their number; NaN stays NaN and does not count. Bonferroni, Holm (1979), Hochberg (1988) and
 * Hommel (1988) hold the chance of any false finding, Benjamini-Hochberg (1995) and Benjamini-Yekutieli (2001) the share
 * of false findings. Agrees with R's p.adjust.
 */
export function adjustP(values: Float64Array, method: Adjustment): Float64Array {
  const known = Uint32Array.from(values.keys()).filter((k) => !Number.isNaN(values[k]))
  const adjusted = adjustKnown(
    Float64Array.from(known, (k) => values[k] as number),
    method,
  )
  const out = new Float64Array(values.length).fill(Number.NaN)
  for (const [at, k] of known.entries()) out[k] = adjusted[at] as number
  return out
}

function adjustKnown(p: Float64Array, method: Adjustment): Float64Array {
  const n = p.length
  const rising = Uint32Array.from(p.keys()).sort((a, b) => (p[a] as number) - (p[b] as number))
  const falling = rising.toReversed()
  switch (method) {
    case 'none':
      return p.slice()
    case 'bonferroni':
      return p.map((value) => Math.min(1, n * value))
    case 'holm':
      return alongOrder(p, rising, (place) => n - place, Math.max)
    case 'hochberg':
      return alongOrder(p, falling, (place) => place + 1, Math.min)
    case 'benjamini-hochberg':
      return alongOrder(p, falling, (place) => n / (n - place), Math.min)
    case 'benjamini-yekutieli': {
      let harmonic = 0
      for (let k = 1; k <= n; k++) harmonic += 1 / k
      return alongOrder(p, falling, (place) => (harmonic * n) / (n - place), Math.min)
    }
    case 'hommel':
      return hommel(p, rising)
  }
}

/** Hommel's procedure by Wright's algorithm (1992). */
function hommel(p: Float64Array, rising: Uint32Array): Float64Array {
  const n = p.length
  if (n <= 1) return p.slice()
  const sorted = Float64Array.from(rising, (index) => p[index] as number)
  const start = Math.min(...sorted.map((value, k) => (n * value) / (k + 1)))
  const bound = new Float64Array(n).fill(start)
  const best = new Float64Array(n).fill(start)
  for (let size = n - 1; size >= 2; size--) {
    const first = n - size + 1
    let least = Number.POSITIVE_INFINITY
    for (let k = 2; k <= size; k++) least = Math.min(least, (size * (sorted[first + k - 2] as number)) / k)
    for (let k = 0; k < first; k++) bound[k] = Math.min(size * (sorted[k] as number), least)
    for (let k = first; k < n; k++) bound[k] = bound[first - 1] as number
    for (let k = 0; k < n; k++) best[k] = Math.max(best[k] as number, bound[k] as number)
  }
  const out = new Float64Array(n)
  for (const [k, index] of rising.entries()) out[index] = Math.max(best[k] as number, sorted[k] as number)
  return out
}
