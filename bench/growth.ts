/** One size of a problem: what it is, and what is measured. */
export interface GrowthCase {
  readonly size: number
  readonly about: string
  readonly run: () => unknown
}

const leastMs = 200

/** Milliseconds of one run: the least of as many as fill 200 ms, after one to warm up. */
function millisecondsOf(run: () => unknown): number {
  run()
  let least = Number.POSITIVE_INFINITY
  for (let spent = 0; spent < leastMs; ) {
    const start = performance.now()
    run()
    const took = performance.now() - start
    spent += took
    least = Math.min(least, took)
  }
  return least
}

/** Measures a problem at growing sizes and prints a line each, with the power of the size that the time grows by. */
export function growth(title: string, cases: readonly GrowthCase[]): void {
  console.log(title)
  let before: { size: number; ms: number } | undefined
  for (const { size, about, run } of cases) {
    const ms = millisecondsOf(run)
    const power =
      before === undefined
        ? ''
        : `  grows by size^${(Math.log(ms / before.ms) / Math.log(size / before.size)).toFixed(1)}`
    console.log(`  ${about.padEnd(48)} ${ms.toFixed(3).padStart(10)} ms${power}`)
    before = { size, ms }
  }
}
