import type { ExecutionChoice, ExecutionWish } from '#shared/domain/parent-order.ts'

/** How an order is to be carried out, as it is typed; empty where nothing is said. */
export interface TypedExecution {
  readonly algorithm: ExecutionWish
  readonly minutes: string
  /** Per cent. */
  readonly participation: string
}

/** What stands in the fields for a choice; the executor's where there is none. */
export function typedOf(choice: ExecutionChoice | undefined): TypedExecution {
  const { algorithm = 'auto', minutes, participation } = choice ?? {}
  return {
    algorithm,
    minutes: minutes === undefined ? '' : String(minutes),
    participation: participation === undefined ? '' : String(Math.round(participation * 1_000) / 10),
  }
}

/** True where it goes out in parts by the trader's wish, so that there is more to choose. */
export function isInParts({ algorithm }: Pick<TypedExecution, 'algorithm'>): boolean {
  return algorithm !== 'auto' && algorithm !== 'at-once'
}

/** True for minutes that can be taken: 0.1 to 600, or nothing. */
export function areGoodMinutes(text: string): boolean {
  return text === '' || (Number(text) >= 0.1 && Number(text) <= 600)
}

/** True for a share of the volume that can be taken: above 0 and up to 90 per cent, or nothing. */
export function isGoodShare(text: string): boolean {
  return text === '' || (Number(text) > 0 && Number(text) <= 90)
}

/** What was typed as a choice; null while something of it cannot be taken. */
export function readExecution(typed: TypedExecution): ExecutionChoice | null {
  const { algorithm, minutes, participation } = typed
  if (!isInParts(typed)) return { algorithm }
  if (!areGoodMinutes(minutes) || !isGoodShare(participation)) return null
  return {
    algorithm,
    ...(minutes !== '' && { minutes: Number(minutes) }),
    ...(participation !== '' && { participation: Number(participation) / 100 }),
  }
}
