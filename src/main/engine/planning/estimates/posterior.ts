import jstat from 'jstat'

/** A number with the bounds between which it lies with the probability that was asked for. */
export interface Estimated {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Pseudo-counts of a Beta distribution; Jeffreys' prior is a half each. */
export interface BetaPrior {
  readonly successes: number
  readonly failures: number
}

/** Weighted sums of a sample; more can be added to them, and a part taken away. */
export interface RunningMoments {
  /** Sum of the weights. */
  readonly weight: number
  readonly sum: number
  readonly squares: number
}

/** What is believed of a normal distribution before any sample: mean and deviation, each worth so many observations. */
export interface NormalPrior {
  readonly mean: number
  readonly deviation: number
  readonly observations: number
}

/** A normal-inverse-gamma distribution over the mean and variance of a normal one. */
export interface NormalPosterior {
  readonly mean: number
  readonly kappa: number
  readonly alpha: number
  readonly beta: number
}

/** Mean and equal-tailed credible interval of a probability of which so many successes and failures (weights) were seen. */
export function betaEstimate(prior: BetaPrior, successes: number, failures: number, credibility: number): Estimated {
  const a = prior.successes + successes
  const b = prior.failures + failures
  const tail = (1 - credibility) / 2
  return { value: a / (a + b), low: jstat.beta.inv(tail, a, b), high: jstat.beta.inv(1 - tail, a, b) }
}

/**
 * The posterior of a normal distribution's mean and variance under the conjugate prior (Murphy, "Conjugate Bayesian
 * analysis of the Gaussian distribution", 2007, section 6), for a weighted sample.
 */
export function normalPosterior(prior: NormalPrior, { weight, sum, squares }: RunningMoments): NormalPosterior {
  const kappa = prior.observations + weight
  const mean = (prior.observations * prior.mean + sum) / kappa
  const average = weight === 0 ? 0 : sum / weight
  const spread = Math.max(0, squares - weight * average * average)
  const shift = weight === 0 ? 0 : ((prior.observations * weight) / kappa) * (average - prior.mean) ** 2
  return {
    mean,
    kappa,
    // One more than half the observations: the prior variance then has a mean, and it is the deviation's square.
    alpha: 1 + (prior.observations + weight) / 2,
    beta: (prior.observations / 2) * prior.deviation ** 2 + (spread + shift) / 2,
  }
}

/** The mean with its credible interval: Student's t with 2 alpha degrees of freedom. */
export function meanEstimate(posterior: NormalPosterior, credibility: number): Estimated {
  return studentEstimate(posterior, credibility, 1 / posterior.kappa)
}

/** The next observation with its credible interval. */
export function nextEstimate(posterior: NormalPosterior, credibility: number): Estimated {
  return studentEstimate(posterior, credibility, 1 + 1 / posterior.kappa)
}

/** The sample with another one added to it, or, with sign -1, taken out of it. */
export function combine(a: RunningMoments, b: RunningMoments, sign: 1 | -1 = 1): RunningMoments {
  // What is left when all is taken out is nothing, not a rounding error.
  const weight = a.weight + sign * b.weight
  if (weight < 1e-9) return noMoments
  return { weight, sum: a.sum + sign * b.sum, squares: a.squares + sign * b.squares }
}

export const noMoments: RunningMoments = { weight: 0, sum: 0, squares: 0 }

function studentEstimate({ mean, alpha, beta }: NormalPosterior, credibility: number, factor: number): Estimated {
  const reach = jstat.studentt.inv((1 + credibility) / 2, 2 * alpha) * Math.sqrt((beta / alpha) * factor)
  return { value: mean, low: mean - reach, high: mean + reach }
}
