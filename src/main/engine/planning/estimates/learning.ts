import type { ExecutionTrace } from '#engine/planning/monitor/trace.ts'
import type { Plan } from '#shared/domain/plan.ts'
import {
  type BetaPrior,
  betaEstimate,
  combine,
  type Estimated,
  meanEstimate,
  nextEstimate,
  noMoments,
  normalPosterior,
  type RunningMoments,
} from './posterior.ts'

/** One attempt at a task, as it turned out. */
export interface TaskRecord {
  readonly task: string
  /** Where it was asked. */
  readonly source: string
  /** When it ended, in epoch milliseconds. */
  readonly at: number
  readonly succeeded: boolean
  readonly seconds: number
  readonly usd: number
}

export interface LearningSettings {
  /** A record counts half after so long; Infinity keeps all alike. */
  readonly halfLifeMs: number
}

/** What was seen of one source of a task, each record weighted by its age. */
interface Experience {
  readonly successes: number
  readonly failures: number
  /** Logarithms of the seconds of attempts that succeeded. */
  readonly logSeconds: RunningMoments
  /** Cost in USD of all attempts. */
  readonly usd: RunningMoments
}

/** What was learned, by task and then by source. Plain data: it survives JSON unchanged. */
export type LearnedEstimates = Readonly<Record<string, Readonly<Record<string, Experience>>>>

/** What is believed of a task of which nothing was seen, and how firmly. */
export interface EstimatePrior {
  /** The median, in seconds. */
  readonly seconds: number
  readonly usd: number
  /** Standard deviation of the logarithm of the seconds; 0.5 says that two thirds lie within a factor of 1.65. */
  readonly logDeviation: number
  /** Standard deviation of the cost, in USD. */
  readonly usdDeviation: number
  /** How many observations the belief about time and cost is worth; greater than 0. */
  readonly observations: number
  readonly success: BetaPrior
  /** Probability with which the intervals hold, between 0 and 1. */
  readonly credibility: number
}

/** The estimate for one attempt, with credible intervals. */
export interface TaskEstimate {
  readonly success: Estimated
  /** The median duration of an attempt that succeeds, in seconds. */
  readonly seconds: Estimated
  /** The next such duration: most of them lie between its bounds. */
  readonly nextSeconds: Estimated
  /** The mean cost of an attempt, in USD. */
  readonly usd: Estimated
  /** How many records, weighted by age, it rests on. */
  readonly weight: number
}

/** Jeffreys' prior for a probability of which nothing is known. */
export const jeffreysPrior: BetaPrior = { successes: 0.5, failures: 0.5 }

/** A millisecond, in seconds: shorter durations are taken to be as long, since a logarithm of nothing is not defined. */
const SHORTEST = 0.001

/** The prior that a step's own estimate gives: a factor of about 1.65 either way, worth two observations, nine times in ten. */
export function priorOf(estimate: { readonly seconds: number; readonly usd: number }): EstimatePrior {
  return {
    ...estimate,
    logDeviation: 0.5,
    usdDeviation: Math.max(0.001, estimate.usd / 2),
    observations: 2,
    success: jeffreysPrior,
    credibility: 0.9,
  }
}

/**
 * Learns from what attempts came to: a record that is so many half-lives old counts 0.5 to that power; one from after now
 * counts in full. Durations are learned from successes alone, costs from all.
 */
export function learnEstimates(
  records: readonly TaskRecord[],
  settings: LearningSettings,
  now: number,
): LearnedEstimates {
  const learned: Record<string, Record<string, Experience>> = {}
  for (const { task, source, at, succeeded, seconds, usd } of records) {
    const weight = 0.5 ** (Math.max(0, now - at) / settings.halfLifeMs)
    const sources = (learned[task] ??= {})
    const before = sources[source] ?? nothing
    const log = Math.log(Math.max(SHORTEST, seconds))
    sources[source] = {
      successes: before.successes + (succeeded ? weight : 0),
      failures: before.failures + (succeeded ? 0 : weight),
      logSeconds: succeeded ? combine(before.logSeconds, observed(weight, log)) : before.logSeconds,
      usd: combine(before.usd, observed(weight, usd)),
    }
  }
  return learned
}

/**
 * The next estimate for a task. Without a source: all sources together. With one: what the other sources showed is the
 * prior, no firmer than the one given, and what this source showed decides more the more there is of it. Success is
 * Beta-distributed, durations log-normal, costs normal (their interval cut off at nothing), each with its conjugate prior.
 */
export function estimateFor(
  task: { readonly task: string; readonly source?: string },
  learned: LearnedEstimates,
  prior: EstimatePrior,
): TaskEstimate {
  const sources = learned[task.task] ?? {}
  const all = Object.values(sources).reduce((sum, one) => pool(sum, one, 1), nothing)
  if (task.source === undefined) return posteriorOf(all, prior)
  const own = sources[task.source] ?? nothing
  const others = pool(all, own, -1)
  return posteriorOf(own, priorFrom(posteriorOf(others, prior), prior))
}

/** The probability that a step succeeds within its retries, if its attempts fail independently of each other. */
export function successWithin(retries: number, attemptSuccess: number): number {
  return 1 - (1 - attemptSuccess) ** (retries + 1)
}

/**
 * What a run's trace teaches: a record for every attempt that ended of itself. A step's cost is spread evenly over its
 * attempts, since only the sum is known; the task of a step is its id unless `taskOf` says otherwise, its sources are one.
 */
export function recordsOf(trace: ExecutionTrace, plan: Plan, taskOf = (stepId: string) => stepId): TaskRecord[] {
  const sources = new Map(plan.steps.map((step) => [step.id, step.sources.join('+')]))
  return trace.steps.flatMap(({ id, state, attempts, usd }) => {
    if (state !== 'succeeded' && state !== 'failed') return []
    return attempts.flatMap(({ startedAt, endedAt, code }) => {
      if (endedAt === null || code === 'STEP_INTERRUPTED') return []
      return {
        task: taskOf(id),
        source: sources.get(id) ?? '',
        at: endedAt,
        succeeded: code === null,
        seconds: (endedAt - startedAt) / 1_000,
        usd: usd / attempts.length,
      }
    })
  })
}

const nothing: Experience = { successes: 0, failures: 0, logSeconds: noMoments, usd: noMoments }

function observed(weight: number, value: number): RunningMoments {
  return { weight, sum: weight * value, squares: weight * value * value }
}

function pool(a: Experience, b: Experience, sign: 1 | -1): Experience {
  return {
    successes: Math.max(0, a.successes + sign * b.successes),
    failures: Math.max(0, a.failures + sign * b.failures),
    logSeconds: combine(a.logSeconds, b.logSeconds, sign),
    usd: combine(a.usd, b.usd, sign),
  }
}

function posteriorOf({ successes, failures, logSeconds, usd }: Experience, prior: EstimatePrior): TaskEstimate {
  const { credibility, observations } = prior
  const mean = Math.log(Math.max(SHORTEST, prior.seconds))
  const duration = normalPosterior({ mean, deviation: prior.logDeviation, observations }, logSeconds)
  const cost = meanEstimate(
    normalPosterior({ mean: prior.usd, deviation: prior.usdDeviation, observations }, usd),
    credibility,
  )
  return {
    success: betaEstimate(prior.success, successes, failures, credibility),
    seconds: exponentials(meanEstimate(duration, credibility)),
    nextSeconds: exponentials(nextEstimate(duration, credibility)),
    usd: { value: Math.max(0, cost.value), low: Math.max(0, cost.low), high: Math.max(0, cost.high) },
    weight: successes + failures,
  }
}

/** What other sources showed, as the prior for one more: their values, with the firmness of the prior given. */
function priorFrom({ success, seconds, usd }: TaskEstimate, prior: EstimatePrior): EstimatePrior {
  const firmness = prior.success.successes + prior.success.failures
  return {
    ...prior,
    seconds: seconds.value,
    usd: usd.value,
    success: { successes: firmness * success.value, failures: firmness * (1 - success.value) },
  }
}

function exponentials({ value, low, high }: Estimated): Estimated {
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) }
}
