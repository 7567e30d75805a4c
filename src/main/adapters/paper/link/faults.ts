/** What may go wrong between the desk and the paper venue. Shares are from 0 to 1; by default nothing does. */
export interface PaperFaults {
  /** Share of calls that never arrive: they fail as ambiguous, and nothing was done. */
  readonly lostRequest: number
  /** Share of calls that arrive and whose answer is lost: they fail as ambiguous, and were done. */
  readonly lostAcknowledgement: number
  /** Share of fills that are told twice. */
  readonly duplicateFill: number
  /** Share of events that come seconds late, out of order. */
  readonly delayedEvent: number
  /** Share of submits that the venue refuses for reasons of its own. */
  readonly refusal: number
  /** Share of calls that are turned away for coming too often: they are retryable, and nothing was done. */
  readonly rateLimit: number
  /** Share of fills that the venue takes back within half a minute, some to put a corrected one in their place. */
  readonly bust: number
  /** Outages an hour: the link stands, and for some seconds no call is answered or done. */
  readonly outagesPerHour: number
  /** Times an hour at which the venue asks for so much margin that it closes every position in perpetuals. */
  readonly liquidationsPerHour: number
  /** By how much the venue's clock is ahead, in milliseconds. */
  readonly skewMs: number
  /** Disconnects an hour. Events of the meantime are never told; only asking finds them. */
  readonly disconnectsPerHour: number
}

/** A link on which nothing goes wrong. */
export const noFaults: PaperFaults = {
  lostRequest: 0,
  lostAcknowledgement: 0,
  duplicateFill: 0,
  delayedEvent: 0,
  refusal: 0,
  rateLimit: 0,
  bust: 0,
  outagesPerHour: 0,
  liquidationsPerHour: 0,
  skewMs: 0,
  disconnectsPerHour: 0,
}
