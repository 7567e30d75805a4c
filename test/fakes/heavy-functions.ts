import type { ReportProgress } from '#engine/ports/compute.ts'
import { ParleyError } from '#shared/lib/error.ts'

// Heavy functions for the conformance suite of the compute port; the worker beside this file answers with them.

/** Square roots of whole numbers: columns in, columns out. */
export function roots({ values }: { readonly values: Float64Array }) {
  return { values: values.map(Math.sqrt), count: values.length }
}

export function refuse({ reason }: { readonly reason: string }): never {
  throw new ParleyError('TEST_REFUSED', `Refused: ${reason}.`, {
    retry: 'retryable',
    details: { reason },
    wayOut: 'Ask otherwise.',
  })
}

export function stumble(_input: null): never {
  throw new TypeError('stumbled')
}

/** Tells its progress and takes its time. */
export function climb(
  { steps, stepMs }: { readonly steps: number; readonly stepMs: number },
  report: ReportProgress,
): number {
  for (let step = 1; step <= steps; step++) {
    const until = performance.now() + stepMs
    while (performance.now() < until);
    report(step / steps)
  }
  return steps
}

/** Never ends. */
export function spin(_input: null): never {
  for (;;);
}

/** Takes its thread down. */
export function vanish(_input: null): never {
  process.exit(3)
}

export const heavyFunctions = { roots, refuse, stumble, climb, spin, vanish }
