/** What may go wrong between the desk and the paper venue. All shares are from 0 to 1; by default nothing does. */
export interface PaperFaults {
  /** Share of calls that never arrive: they fail as ambiguous, and nothing was done. */
  readonly lostRequest: number
  /** Share of calls that arrive and whose answer is lost: they fail as ambiguous, and were done. */
  readonly lostAcknowledgement: number
  /** Share of fills that are told twice. */
  readonly duplicateFill: number
  /** Share of events that come seconds late, out of order. */
  readonly delayedEvent: number
  /** Disconnects an hour. Events of the meantime are never told; only asking finds them. */
  readonly disconnectsPerHour: number
}

/** A link on which nothing goes wrong. */
export const noFaults: PaperFaults = {
  lostRequest: 0,
  lostAcknowledgement: 0,
  duplicateFill: 0,
  delayedEvent: 0,
  disconnectsPerHour: 0,
}
