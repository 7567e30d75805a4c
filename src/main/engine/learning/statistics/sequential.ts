/** A test that may be looked at after every observation: the evidence now, and the p-value that stays valid. */
export interface SequentialState {
  readonly count: number
  readonly sum: number
  /** Likelihood ratio of the mixture against the null hypothesis, now. */
  readonly likelihoodRatio: number
  /** Smallest of 1 and 1 / likelihood ratio so far: it is below a at any look with probability of at most a. */
  readonly p: number
}

/** What a mixture test of a mean needs to know. */
export interface MixturePlan {
  /** Variance of one observation, above 0; for pairs of an A/B test that of their difference. */
  readonly variance: number
  /** Standard deviation of the effects that are thought possible. */
  readonly spread: number
  /** The mean under the null hypothesis; default 0. */
  readonly mu?: number
}

/**
 * Likelihood ratio of the mixture sequential probability ratio test for a normal mean of known variance, after `count`
 * observations with the given mean (Johari, Pekelis and Walsh 2017; Robbins 1970).
 */
export function mixtureRatio(count: number, mean: number, { variance, spread, mu = 0 }: MixturePlan): number {
  const tau = spread * spread
  const whole = variance + count * tau
  return Math.sqrt(variance / whole) * Math.exp((count * count * tau * (mean - mu) ** 2) / (2 * variance * whole))
}

/**
 * The p-value of a mixture test stopped at this likelihood ratio, whenever that is; over all looks so far the smallest
 * one holds (SequentialState.p).
 */
export function mixtureP(likelihoodRatio: number): number {
  return Math.min(1, 1 / likelihoodRatio)
}

/** A mixture test that has seen nothing. */
export const unseen: SequentialState = { count: 0, sum: 0, likelihoodRatio: 1, p: 1 }

/** Takes one more observation into a mixture test, whose p-value may be read after each. */
export function observeMixture(state: SequentialState, value: number, plan: MixturePlan): SequentialState {
  const count = state.count + 1
  const sum = state.sum + value
  const likelihoodRatio = mixtureRatio(count, sum / count, plan)
  return { count, sum, likelihoodRatio, p: Math.min(state.p, mixtureP(likelihoodRatio)) }
}

/** Half the width of the confidence sequence for the mean: it holds at all looks together (Johari et al. 2017). */
export function mixtureHalfWidth(count: number, significance: number, { variance, spread }: MixturePlan): number {
  const tau = spread * spread
  const whole = variance + count * tau
  const bound = Math.log(whole / variance) / 2 - Math.log(significance)
  return Math.sqrt((2 * variance * whole * bound) / tau) / count
}

/** Log likelihood ratios at which Wald's test stops. */
export interface WaldLimits {
  /** At or above it the alternative is accepted. */
  readonly upper: number
  /** At or below it the null hypothesis is accepted. */
  readonly lower: number
}

/** Limits of Wald's sequential probability ratio test (1945) for errors of the first and second kind. */
export function waldLimits(alpha: number, beta: number): WaldLimits {
  return { upper: Math.log((1 - beta) / alpha), lower: Math.log(beta / (1 - alpha)) }
}

/** What Wald's test says at a log likelihood ratio. */
export function waldVerdict(logRatio: number, { upper, lower }: WaldLimits): 'alternative' | 'null' | 'continue' {
  if (logRatio >= upper) return 'alternative'
  return logRatio <= lower ? 'null' : 'continue'
}

/** Log likelihood ratio of `successes` in `trials` for one probability against another, both above 0 and below 1. */
export function bernoulliLogRatio(successes: number, trials: number, under: number, against: number): number {
  return successes * Math.log(against / under) + (trials - successes) * Math.log((1 - against) / (1 - under))
}

/** Log likelihood ratio of normal observations of known variance for one mean against another. */
export function normalLogRatio(count: number, mean: number, variance: number, under: number, against: number): number {
  return ((against - under) / variance) * count * (mean - (under + against) / 2)
}
