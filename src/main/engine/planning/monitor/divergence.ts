import { rootCauses, whatFalls } from '#engine/planning/causal/answers.ts'
import { isFinalStep } from '#shared/domain/plan.ts'
import { type Forecast, forecastOf } from './forecast.ts'
import { factsAfter, factsNow, type MonitoredPlan } from './plan.ts'
import { type ExecutionTrace, expectedState, isDone, type StepTrace, secondsSpent } from './trace.ts'
import { clause, listOf, percentText, secondsText, usdText } from './words.ts'

/** How far a run may be from its plan. */
export interface DivergenceThresholds {
  /** Later than planned, as a share of the planned duration. */
  readonly lateShare: number
  /** Dearer than planned, as a share of the planned cost. */
  readonly costShare: number
  /** How many facts that are still needed may be missing. */
  readonly missingFacts: number
  /** Share of the steps that ended which may have failed. */
  readonly failedShare: number
}

/** Where something went wrong. */
export interface DivergenceCause {
  readonly step: string | null
  readonly sentence: string
}

/** One measure of how far a run is from its plan, with what led there, the weightiest first. */
export interface Divergence {
  readonly kind: 'time' | 'cost' | 'state' | 'failures'
  /** In the threshold's unit; below zero when the run is better than planned. */
  readonly value: number
  readonly threshold: number
  readonly isOver: boolean
  readonly sentence: string
  readonly causes: readonly DivergenceCause[]
}

/** What was expected of a step by now, and what is. */
export interface StepDeviation {
  readonly step: string
  readonly expected: { readonly state: StepTrace['state']; readonly seconds: number; readonly usd: number }
  readonly actual: { readonly state: StepTrace['state']; readonly seconds: number | null; readonly usd: number }
}

/** Expected and actual state, duration and cost of every step, in the plan's order. */
export function deviationsOf(trace: ExecutionTrace, now: number): readonly StepDeviation[] {
  return trace.steps.map((step) => ({
    step: step.id,
    expected: { state: expectedState(step, now), seconds: step.expected.seconds, usd: step.expected.usd },
    actual: { state: step.state, seconds: secondsSpent(step, now), usd: step.usd },
  }))
}

/** Measures how far a run is from its plan in time, cost, state and failures, and traces each back to its causes. */
export function divergencesOf(
  trace: ExecutionTrace,
  situation: MonitoredPlan,
  now: number,
  thresholds: DivergenceThresholds,
  forecast = forecastOf(situation.plan, trace, now),
): readonly Divergence[] {
  return [
    timeDivergence(trace, situation, now, forecast, thresholds.lateShare),
    costDivergence(trace, forecast, thresholds.costShare),
    stateDivergence(trace, situation, thresholds.missingFacts),
    failureDivergence(trace, situation, thresholds.failedShare),
  ]
}

function timeDivergence(
  trace: ExecutionTrace,
  situation: MonitoredPlan,
  now: number,
  { finishAt, plannedFinishAt, rest }: Forecast,
  threshold: number,
): Divergence {
  const late = (finishAt - plannedFinishAt) / 1_000
  // A plan of no duration is measured as one of a second.
  const planned = Math.max(1, (plannedFinishAt - trace.startedAt) / 1_000)
  const value = late / planned
  const takesTime = new Set(trace.steps.filter(({ expected }) => expected.seconds > 0).map(({ id }) => id))
  const hangsOn = rest.criticalSteps.filter((id) => takesTime.has(id))
  const ahead = hangsOn.length === 0 ? '' : ` What is left hangs on ${listOf(hangsOn)}.`
  const end = secondsText((finishAt - trace.startedAt) / 1_000)
  const sentence =
    late > 0
      ? `The run ends ${secondsText(late)} late at the earliest, after ${end}.${ahead}`
      : `The run can end in time, after ${end}.`
  return measured('time', value, threshold, sentence, late > 0 ? delays(trace, situation, now) : [])
}

/** The steps that took longer than estimated; those that the latest step waited for first. */
function delays(trace: ExecutionTrace, situation: MonitoredPlan, now: number): DivergenceCause[] {
  const chain = new Set(waitedFor(trace, situation, now))
  return trace.steps
    .map((step) => ({ step, over: (secondsSpent(step, now) ?? 0) - step.expected.seconds }))
    .filter(({ over }) => over > 0)
    .sort((a, b) => Number(chain.has(b.step.id)) - Number(chain.has(a.step.id)) || b.over - a.over)
    .map(({ step, over }) => {
      const spent = secondsText(step.expected.seconds + over)
      const attempts = step.attempts.length > 1 ? ` in ${step.attempts.length} attempts` : ''
      const verb = isFinalStep(step.state) ? 'took' : 'has taken'
      return {
        step: step.id,
        sentence: `${step.id} ${verb} ${spent}${attempts} instead of ${secondsText(step.expected.seconds)}.`,
      }
    })
}

/** Back from the step that is furthest behind: whom it waited for last, whom that one waited for, and so on. */
function waitedFor(trace: ExecutionTrace, { plan }: MonitoredPlan, now: number): readonly string[] {
  const traces = new Map(trace.steps.map((step) => [step.id, step]))
  const needs = new Map(plan.steps.map((step) => [step.id, step.needs]))
  const behind = (step: StepTrace) => (step.endedAt ?? Math.max(now, step.expected.endAt)) - step.expected.endAt
  let at = trace.steps.reduce<StepTrace | undefined>(
    (worst, step) => (worst === undefined || behind(step) > behind(worst) ? step : worst),
    undefined,
  )
  const chain: string[] = []
  while (at !== undefined) {
    chain.push(at.id)
    at = (needs.get(at.id) ?? [])
      .flatMap((need) => traces.get(need) ?? [])
      .reduce<StepTrace | undefined>(
        (last, step) => (last === undefined || (step.endedAt ?? now) > (last.endedAt ?? now) ? step : last),
        undefined,
      )
  }
  return chain
}

function costDivergence(trace: ExecutionTrace, { usd, plannedUsd }: Forecast, threshold: number): Divergence {
  const over = usd - plannedUsd
  // A plan that costs nothing is measured as one of a cent.
  const value = over / Math.max(0.01, plannedUsd)
  const sentence =
    over > 1e-9
      ? `The run comes to ${usdText(usd)}, ${usdText(over)} more than planned.`
      : `The run comes to ${usdText(usd)}, no more than planned.`
  const causes = trace.steps
    .map((step) => ({ step, over: step.usd - step.expected.usd }))
    .filter((dearer) => dearer.over > 1e-9)
    .sort((a, b) => b.over - a.over)
    .map(({ step }) => ({
      step: step.id,
      sentence: `${step.id} cost ${usdText(step.usd)} instead of ${usdText(step.expected.usd)}.`,
    }))
  return measured('cost', value, threshold, sentence, causes)
}

/** Facts that should hold after the steps that have ended, that somebody still needs, and that do not hold. */
function stateDivergence(trace: ExecutionTrace, situation: MonitoredPlan, threshold: number): Divergence {
  const { causal } = situation
  const ended = trace.steps
    .filter(({ state }) => isFinalStep(state))
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
  const expected = factsAfter(
    causal,
    ended.map(({ id }) => id),
  )
  const actual = factsNow(situation, trace)
  const over = new Set(ended.map(({ id }) => id))
  const needed = new Set([...causal.goals, ...situation.goals.map(({ fact }) => fact)])
  for (const step of causal.steps) if (!over.has(step.id)) for (const fact of step.preconditions) needed.add(fact)
  const missing = [...expected].filter((fact) => needed.has(fact) && !actual.has(fact))
  const sentence =
    missing.length === 0
      ? 'Everything holds that should by now.'
      : `${listOf(missing)} should hold by now and ${missing.length === 1 ? 'does' : 'do'} not.`
  const causes = missing.map((fact) => {
    const maker = causal.steps.findLast(({ id, adds }) => over.has(id) && adds.includes(fact))
    const how = trace.steps.find(({ id }) => id === maker?.id)
    if (maker === undefined || how === undefined) {
      return { step: null, sentence: `${fact} held at the start and was lost to something outside the plan.` }
    }
    const why = isDone(how)
      ? 'was done, yet something outside the plan undid it'
      : `${how.state === 'failed' ? 'failed' : `was ${how.state}`}${how.reason === null ? '' : ` (${clause(how.reason)})`}`
    return { step: maker.id, sentence: `${maker.name ?? maker.id}, which should have provided ${fact}, ${why}.` }
  })
  return measured('state', missing.length, threshold, sentence, dedupe(causes))
}

function failureDivergence(trace: ExecutionTrace, { causal }: MonitoredPlan, threshold: number): Divergence {
  const ended = trace.steps.filter(({ state, attempts }) => isFinalStep(state) && attempts.length > 0)
  const failed = ended.filter(({ state }) => state === 'failed').map(({ id }) => id)
  const value = ended.length === 0 ? 0 : failed.length / ended.length
  const sentence =
    failed.length === 0
      ? 'No step has failed.'
      : `${listOf(failed)} failed: ${percentText(value)} of the steps that were tried.`
  const known = failed.filter((id) => causal.steps.some((step) => step.id === id))
  const fallout = known.length === 0 ? undefined : whatFalls(causal, known)
  const roots = (fallout?.goals ?? []).map((goal) => {
    const { causes, sentence: why } = rootCauses(causal, known, goal)
    const first = causes[0]
    return { step: first === undefined || first.kind === 'missing' ? null : first.step, sentence: why }
  })
  const harm = fallout === undefined ? [] : [{ step: known[0] ?? null, sentence: fallout.sentence }]
  return measured('failures', value, threshold, sentence, [...harm, ...roots])
}

function measured(
  kind: Divergence['kind'],
  value: number,
  threshold: number,
  sentence: string,
  causes: readonly DivergenceCause[],
): Divergence {
  return { kind, value, threshold, isOver: value > threshold, sentence, causes }
}

function dedupe(causes: readonly DivergenceCause[]): DivergenceCause[] {
  return [...new Map(causes.map((cause) => [cause.sentence, cause])).values()]
}
