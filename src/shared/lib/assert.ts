import { ParleyError } from './error.ts'

/** Stops the flow when something that must hold does not; throws INVARIANT_BROKEN, in production too. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new ParleyError('INVARIANT_BROKEN', message)
}

/** Marks a branch that the types say cannot be reached; throws INVARIANT_BROKEN if data reaches it all the same. */
export function assertNever(value: never): never {
  throw new ParleyError('INVARIANT_BROKEN', `Unexpected value: ${JSON.stringify(value)}`)
}

/** Returns the value, or stops the flow with the message when it is null or undefined. */
export function assertExists<T>(value: T | null | undefined, message: string): T {
  assert(value !== null && value !== undefined, message)
  return value
}
