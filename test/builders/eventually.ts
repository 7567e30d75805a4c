import { vi } from 'vitest'

/** Waits until a check passes, looking often and giving up late: no load of the machine makes it fail. */
export function eventually<Answer>(check: () => Answer | Promise<Answer>): Promise<Answer> {
  return vi.waitFor(check, { timeout: 30_000, interval: 10 })
}
