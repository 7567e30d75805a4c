import type { Execution } from '#engine/agents/seats/measure-outcome.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import { compare, sum } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { RunState } from './run-state.ts'

function refuse(message: string): never {
  throw new ParleyError('ANSWER_INVALID', message)
}

/** Refuses an answer that cites, anywhere under "evidence", what nobody gathered in the run; throws ANSWER_INVALID. */
export function refuseInvented({ evidence }: RunState, seat: Seat, answer: unknown): void {
  const known = new Set(evidence.map(({ id }) => id))
  const rest: unknown[] = [answer]
  while (rest.length > 0) {
    const value = rest.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const [key, held] of Object.entries(value)) {
      rest.push(held)
      if (key !== 'evidence' || !Array.isArray(held)) continue
      const invented = held.filter((id) => typeof id === 'string' && !known.has(id))
      if (invented.length > 0) refuse(`The ${seat} cites evidence that nobody gathered: ${invented.join(', ')}.`)
    }
  }
}

/**
 * Refuses findings that are not what was asked for: of another run or task, or under an id that another finding has, in
 * whose place they would stand. Throws ANSWER_INVALID.
 */
export function refuseFalseFindings({ runId, evidence }: RunState, task: string, found: readonly Evidence[]): void {
  for (const finding of found) {
    if (finding.runId !== runId) refuse(`The finding ${finding.id} is about the run ${finding.runId}.`)
    if (finding.task !== task) refuse(`The finding ${finding.id} is about ${finding.task}; asked was ${task}.`)
  }
  refuseTwins('finding', [...evidence, ...found])
}

/** Refuses things of which two have the same id: the later would stand in the place of the earlier; throws ANSWER_INVALID. */
export function refuseTwins(what: string, things: readonly { readonly id: string }[]): void {
  const known = new Set<string>()
  for (const { id } of things) {
    if (known.has(id)) refuse(`The ${what} ${id} has the id of another.`)
    known.add(id)
  }
}

/** Refuses what an agent says in the name of another; throws ANSWER_INVALID. */
export function refuseImpostor(seat: Seat, speaker: string): void {
  if (speaker !== seat) refuse(`The ${seat} speaks in the name of the ${speaker}.`)
}

/** Refuses an outcome of another decision, or with another price, quantity or fees than the journal has; throws ANSWER_INVALID. */
export function refuseFalseOutcome({ decisionId, arrivalPrice, fills }: Execution, outcome: Outcome): void {
  const filled = sum(fills.map(({ quantity }) => quantity))
  const fees = sum(fills.map(({ fee }) => fee))
  const isTrue =
    outcome.decisionId === decisionId &&
    outcome.arrivalPrice === arrivalPrice &&
    compare(outcome.filledQuantity, filled) === 0 &&
    compare(outcome.fees, fees) === 0
  if (!isTrue) refuse(`The outcome of ${outcome.decisionId} is not what the journal has of ${decisionId}.`)
}
