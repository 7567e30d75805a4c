import type { Step } from '#shared/domain/plan.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'

/** SHA-256 over the canonical JSON of a plan's steps, in hexadecimal: a run is never resumed with other steps. */
export function planHash(steps: readonly Step[], sha256: (text: string) => string): string {
  return sha256(canonicalJson(steps))
}
