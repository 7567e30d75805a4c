import { whatFalls } from '#engine/planning/causal/answers.ts'
import { isFinalStep } from '#shared/domain/plan.ts'
import { type Divergence, type DivergenceThresholds, divergencesOf } from './divergence.ts'
import { type Forecast, forecastOf } from './forecast.ts'
import { type Alternative, factsNow, type MonitoredPlan } from './plan.ts'
import type { ExecutionTrace } from './trace.ts'
import { clause, listOf, percentText, secondsText, usdText } from './words.ts'

/** When a plan is to be thought over. */
export interface TriggerThresholds extends DivergenceThresholds {
  /** A deadline is in danger when what is left, this share longer, does not fit before it. */
  readonly deadlineMargin: number
  /** An opportunity saves at least this share of a step's cost or time. */
  readonly savingShare: number
  /** Thought over as a matter of course every so many seconds. */
  readonly everySeconds: number
}

/** A reason to think the plan over. */
export interface Trigger {
  readonly kind: 'failure' | 'divergence' | 'deadline' | 'opportunity' | 'goal' | 'periodic'
  /** The step, measure or fact that it is about; null for the plan as a whole. */
  readonly about: string | null
  readonly sentence: string
}

/** All reasons to think a plan over now, the pressing ones first; none once every step has ended and no goal is new. */
export function triggersOf(
  trace: ExecutionTrace,
  situation: MonitoredPlan,
  now: number,
  thresholds: TriggerThresholds,
): readonly Trigger[] {
  if (trace.steps.every(({ state }) => isFinalStep(state))) {
    return [...failures(trace, situation), ...newGoals(trace, situation)]
  }
  const forecast = forecastOf(situation.plan, trace, now)
  const divergences = divergencesOf(trace, situation, now, thresholds, forecast)
  return [
    ...failures(trace, situation),
    ...deadline(forecast, situation, now, thresholds.deadlineMargin),
    ...divergences.filter(({ isOver }) => isOver).map(divergence),
    ...newGoals(trace, situation),
    ...opportunities(trace, situation, thresholds.savingShare),
    ...periodic(situation, now, thresholds.everySeconds),
  ]
}

function failures(trace: ExecutionTrace, { causal, answered }: MonitoredPlan): Trigger[] {
  return trace.steps
    .filter(({ id, state }) => state === 'failed' && !answered.includes(id))
    .map(({ id, reason }) => {
      const fallout = causal.steps.some((step) => step.id === id) ? ` ${whatFalls(causal, [id]).sentence}` : ''
      return { kind: 'failure', about: id, sentence: `${id} failed: ${clause(reason ?? 'nobody said why')}.${fallout}` }
    })
}

function deadline({ rest }: Forecast, { deadlineAt }: MonitoredPlan, now: number, margin: number): Trigger[] {
  if (deadlineAt === null) return []
  const left = (deadlineAt - now) / 1_000
  const { secondsLeft } = rest
  if (secondsLeft * (1 + margin) <= left) return []
  const short = secondsLeft > left ? 'It cannot be kept' : `Less than ${percentText(margin)} is left to spare`
  const sentence = `What is left takes ${secondsText(secondsLeft)}, and the deadline is in ${secondsText(left)}. ${short}.`
  return [{ kind: 'deadline', about: null, sentence }]
}

function divergence({ kind, sentence, causes }: Divergence): Trigger {
  const why = causes[0] === undefined ? '' : ` ${causes[0].sentence}`
  return { kind: 'divergence', about: kind, sentence: `${sentence}${why}` }
}

function newGoals(trace: ExecutionTrace, situation: MonitoredPlan): Trigger[] {
  const facts = factsNow(situation, trace)
  return situation.newGoals
    .filter(({ fact }) => !facts.has(fact))
    .map(({ fact }) => ({ kind: 'goal', about: fact, sentence: `${fact} was asked for after the plan was made.` }))
}

function opportunities(trace: ExecutionTrace, situation: MonitoredPlan, savingShare: number): Trigger[] {
  const pending = new Set(trace.steps.filter(({ state }) => state === 'pending').map(({ id }) => id))
  const better = situation.alternatives.flatMap((alternative) => {
    if (alternative.instead === null || !pending.has(alternative.instead)) return []
    const saving = savingOf(situation, alternative, savingShare)
    return saving === undefined ? [] : [saving]
  })
  return [...better, ...needless(trace, situation)]
}

function savingOf({ plan }: MonitoredPlan, { step, instead }: Alternative, share: number): Trigger | undefined {
  const present = plan.steps.find(({ id }) => id === instead)
  if (present === undefined) return undefined
  const usd = present.estimate.usd - step.estimate.usd
  const seconds = present.estimate.seconds - step.estimate.seconds
  const savings = [
    ...(usd > 0 && usd >= share * present.estimate.usd ? [usdText(usd)] : []),
    ...(seconds > 0 && seconds >= share * present.estimate.seconds ? [secondsText(seconds)] : []),
  ]
  if (savings.length === 0) return undefined
  const sentence = `${step.id} could stand in for ${present.id} and save ${listOf(savings)}.`
  return { kind: 'opportunity', about: present.id, sentence }
}

/** Steps that have not begun and whose every effect that anybody wants was seen to hold already. */
function needless(trace: ExecutionTrace, situation: MonitoredPlan): Trigger[] {
  if (situation.facts === null) return []
  const facts = new Set(situation.facts)
  const pending = new Set(trace.steps.filter(({ state }) => state === 'pending').map(({ id }) => id))
  const steps = situation.causal.steps.filter(
    ({ id, adds }) => pending.has(id) && adds.length > 0 && adds.every((fact) => facts.has(fact)),
  )
  return steps.map(({ id, adds }) => ({
    kind: 'opportunity',
    about: id,
    sentence: `${listOf(adds)} holds already, so ${id} may not be needed.`,
  }))
}

function periodic({ lookedAt }: MonitoredPlan, now: number, everySeconds: number): Trigger[] {
  const seconds = (now - lookedAt) / 1_000
  if (seconds < everySeconds) return []
  return [{ kind: 'periodic', about: null, sentence: `The plan was last looked at ${secondsText(seconds)} ago.` }]
}
