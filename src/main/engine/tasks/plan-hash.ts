import type { Step } from '#shared/domain/plan.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'

/**
 * SHA-256 over the canonical JSON of what a plan's steps do, in hexadecimal: a run is never resumed with other steps. What
 * they are estimated to take is left out: a desk that has learned meanwhile still knows its plan.
 */
export function planHash(steps: readonly Step[], sha256: (text: string) => string): string {
  return sha256(canonicalJson(steps.map(({ estimate: _estimate, ...step }) => step)))
}
