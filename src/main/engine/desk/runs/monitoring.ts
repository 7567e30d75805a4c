import { decideTerms, profileFor } from '#engine/desk/planning/decide-terms.ts'
import type { EstimateOf } from '#engine/desk/planning/estimates.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { type RunState, standsStill } from '#engine/desk/run/run-state.ts'
import { voteAgain } from '#engine/desk/voting/vote-again.ts'
import { successWithin } from '#engine/planning/estimates/learning.ts'
import { alertsOf } from '#engine/planning/monitor/alerts.ts'
import { forecastOf } from '#engine/planning/monitor/forecast.ts'
import { type GoalWorth, type MonitoredPlan, situationOf } from '#engine/planning/monitor/plan.ts'
import { triggersOf } from '#engine/planning/monitor/triggers.ts'
import { type ReplanChoice as Answer, replan } from '#engine/planning/replan/choice.ts'
import type { ReplanWorth } from '#engine/planning/replan/context.ts'
import { planHash } from '#engine/tasks/plan-hash.ts'
import { linkSteps } from '#engine/tasks/step-graph.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Pace, PlanTrigger, Replan } from '#shared/domain/monitoring.ts'
import type { Plan } from '#shared/domain/plan.ts'
import type { Stop } from '#shared/lib/clock.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { errorMessage } from '#shared/lib/error.ts'
import { divergenceSentence, replanSentence, withTitles } from './monitoring-words.ts'
import { requestedResearch } from './requested-research.ts'
import { requireEnough, standInsFor } from './stand-ins.ts'

/** A run and how it can be steered. */
export interface WatchedRun {
  readonly parts: DeskParts
  readonly memory: RunState
  readonly estimateOf: EstimateOf
  /** Aborts when it is cancelled: there is nothing to watch any more. */
  readonly signal: AbortSignal
  /** The run's own time, in epoch milliseconds. */
  readonly now: () => number
  /** What it may still spend, by its own limit and the day's, in USD. */
  readonly spendable: () => number
  /** Lets it go on with another plan; the steps named are not wanted any more. */
  readonly revise: (plan: Plan, unwanted: ReadonlyMap<string, string>) => void
}

/** Watches over one run. */
export interface RunMonitor {
  /** The run is under way and can be steered: watches from now on. */
  begin(): void
  /** Looks now: a step has moved. */
  look(): void
  /** Says of a step that was left out for want of money what it would have cost. */
  sayUnaffordable(stepId: string): void
  /** The votes were counted: lets the desk vote again where that may help. */
  reconsider(): void
  /** A source asks to be asked less often, or may be asked more again. */
  changePace(pace: Pace): void
  readonly stop: Stop
}

/** What having a step done is worth to a decision, beside a dollar for the decision itself. */
const worthOfSteps: GoalWorth = { required: 1, optional: { critical: 0.5, high: 0.3, medium: 0.2, low: 0.1 } }
const worthOfPlans: ReplanWorth = { usdPerSecond: 0.0005, usdPerChange: 0.001, leastGainUsd: 0.005 }
/** A price that has moved by this share while the desk deliberates makes every second count. */
const priceMove = 0.01
const urgentUsdPerSecond = 0.05
/** A deadline is in danger when what is left, this share longer, does not fit before it. */
const deadlineMargin = 0.1

const system: Actor = { kind: 'system', id: 'desk' }

/**
 * Watches over a run once it has begun: after each of its steps and every so many seconds it compares what happens with the plan,
 * raises alerts, thinks the plan over when there is a reason, and changes what has not begun when that is worth it. All of
 * it is journalled and said in the conversation. It never throws: a run that cannot be watched goes on as planned.
 */
export function watchRun(run: WatchedRun): RunMonitor {
  const { parts, memory } = run
  const { clock, planning, feed } = parts
  const { replanning } = planning
  const startPrice = priceNow()
  const terms = decideTerms(memory.goal, planning)
  /** Reasons that were thought over already, for the plan as it is. */
  const answered = new Set(failuresIn(memory))
  let lookedAt = run.now()
  // Not before it has begun, nor while it looks: what is recorded then it has caused itself.
  let isLooking = true
  let cancel: Stop = () => {}

  function tick(): void {
    cancel = clock.after(replanning.checkEverySeconds * 1_000, () => {
      tick()
      look()
    })
  }

  function look(): void {
    if (isLooking || memory.ended !== null || run.signal.aborted || standsStill(memory)) return
    isLooking = true
    try {
      raiseAlerts()
      if (planning.enabled) thinkOver()
    } catch (error) {
      post(`The plan could not be thought over: ${errorMessage(error)}`)
    } finally {
      isLooking = false
    }
  }

  function raiseAlerts(): void {
    const raised = new Set(memory.alerts.map(({ kind }) => kind))
    const lastAt = Math.max(memory.trace.lastAt, run.now())
    for (const alert of alertsOf({ ...memory.trace, lastAt }, planning.alerts)) {
      if (!raised.has(alert.kind)) note({ kind: 'alertRaised', data: { runId: memory.runId, alert } })
    }
  }

  function thinkOver(): void {
    const now = run.now()
    const situation = situationAt()
    const thresholds = {
      lateShare: replanning.divergence,
      costShare: replanning.divergence,
      // That a step failed is a reason of its own, and the share of failures is called out as an alert.
      missingFacts: Number.POSITIVE_INFINITY,
      failedShare: 1,
      deadlineMargin,
      savingShare: replanning.divergence,
      everySeconds: replanning.checkEverySeconds,
    }
    const price = priceTrigger()
    const all = [...triggersOf(memory.trace, situation, now, thresholds), ...(price === undefined ? [] : [price])]
    const isNews = (trigger: PlanTrigger) => !answered.has(keyOf(trigger))
    // A deadline in danger is a reason each time: what could not be helped before may be by now.
    const reasons = all.filter((trigger) => trigger.kind === 'deadline' || isNews(trigger))
    if (reasons.length === 0) return
    const news = reasons.filter(isNews).map((trigger) => titled(trigger, memory.plan))
    const pressing = news.filter(({ kind }) => kind !== 'periodic')
    const fresh = pressing.length > 0 ? pressing : news
    for (const trigger of pressing) answered.add(keyOf(trigger))
    lookedAt = now
    if (!isChangeable(situation)) {
      keep(fresh, 'Nothing is left that could be changed.')
      return
    }
    const answer = replan({
      situation: { ...situation, plan: withFixedDeliberation(situation.plan, memory) },
      trace: memory.trace,
      now,
      worth: price === undefined ? worthOfPlans : { ...worthOfPlans, usdPerSecond: urgentUsdPerSecond },
      successRates: successRatesOf(situation),
      replans: {
        done: memory.replans.filter(({ strategy }) => strategy !== 'revision').length,
        most: replanning.maxReplans,
      },
      sha256: parts.sha256,
    })
    if (answer.strategy === 'kept') keep(fresh, answer.sentences[0] ?? 'The plan is kept.')
    else change(fresh.length > 0 ? fresh : reasons, answer, now)
  }

  /** Only research can be left out or stood in for: without it there is nothing to think over. */
  function isChangeable({ alternatives }: MonitoredPlan): boolean {
    const isPending = new Set(memory.trace.steps.filter(({ state }) => state === 'pending').map(({ id }) => id))
    return (
      alternatives.length > 0 || memory.plan.steps.some(({ id, action }) => action === 'research' && isPending.has(id))
    )
  }

  function situationAt(): MonitoredPlan {
    const { plan, trace, goal, startedAt } = memory
    const spent = trace.steps.reduce((sum, { usd }) => sum + usd, 0)
    const costLimitUsd = Math.min(plan.costLimitUsd, spent + Math.max(0, run.spendable()))
    const bare = situationOf({ ...plan, costLimitUsd }, worthOfSteps, lookedAt)
    const { minimumSources } = profileFor(goal, planning)
    const unavailable = memory.evidence.flatMap((piece) => (piece.status === 'unavailable' ? [piece.source] : []))
    const { causal } = bare
    const more = requestedResearch(memory.requested, plan, terms, run.estimateOf)
    const standIns = standInsFor({
      plan,
      trace,
      causal,
      terms,
      leftOut: [...(goal.leaveOut ?? []), ...memory.requested],
      unavailable: new Set(unavailable),
      estimateOf: run.estimateOf,
    })
    return {
      ...bare,
      goals: requireEnough(bare.goals, causal, plan, trace, minimumSources),
      newGoals: more.goals,
      alternatives: [...standIns, ...more.alternatives],
      deadlineAt: startedAt + (goal.deadlineSeconds ?? planning.alerts.seconds) * 1_000,
    }
  }

  function priceNow(): number | undefined {
    const last = feed.quote(memory.goal.instrument)?.last
    return last === undefined ? undefined : toNumber(last)
  }

  function priceTrigger(): PlanTrigger | undefined {
    const price = priceNow()
    if (price === undefined || startPrice === undefined || startPrice <= 0) return undefined
    const moved = price / startPrice - 1
    if (Math.abs(moved) < priceMove) return undefined
    const percent = `${Math.abs(moved * 100).toFixed(1)} %`
    const sentence = `The price has ${moved > 0 ? 'risen' : 'fallen'} by ${percent} since the run began.`
    return { kind: 'opportunity', about: 'price', sentence }
  }

  function keep(triggers: readonly PlanTrigger[], answer: string): void {
    const pressing = triggers.filter(({ kind }) => kind !== 'periodic')
    if (pressing.length === 0) return
    const divergence = { triggers: [...pressing], answer }
    note({ kind: 'planDiverged', data: { runId: memory.runId, divergence } })
    // Of a failure everybody was told already, by the agent that failed.
    const news = pressing.filter(({ kind }) => kind !== 'failure')
    if (news.length > 0) post(divergenceSentence(news, answer))
  }

  function change(triggers: readonly PlanTrigger[], answer: Answer, now: number): void {
    const { plan, unwanted } = changedPlan(memory, answer, now, parts.sha256)
    const secondsSince = (at: number) => Math.round((at - memory.startedAt) / 100) / 10
    const ends = {
      secondsBefore: secondsSince(forecastOf(memory.plan, memory.trace, now).finishAt),
      secondsAfter: secondsSince(now + (answer.schedule?.secondsLeft ?? 0) * 1_000),
    }
    const titles = new Map(plan.steps.map(({ id, title }) => [id, title]))
    const sentence = replanSentence(triggers, answer.changes, (id) => titles.get(id) ?? id, ends)
    const { changes, gainUsd } = answer
    const strategy = answer.strategy === 'kept' ? 'repair' : answer.strategy
    const replanned: Replan = {
      strategy,
      triggers: [...triggers],
      changes: changes.map((change) => ({ ...change, sentence: withTitles(change.sentence, plan.steps) })),
      unwanted: Object.fromEntries(unwanted),
      gainUsd,
      ...ends,
      sentence,
    }
    // A plan that the executor would refuse must not be journalled; one that it takes must be before its first new step is.
    linkSteps(plan.steps)
    note({ kind: 'planReplanned', data: { runId: memory.runId, plan, replan: replanned } })
    post(sentence)
    run.revise(plan, unwanted)
    // How far it strays is measured against the new plan.
    for (const key of answered) if (/^(divergence|deadline) /.test(key)) answered.delete(key)
  }

  function note(event: DeskEvent): void {
    void record(run, system, event)
  }

  function post(text: string): void {
    for (const event of said(run, 'planner', { kind: 'system', text })) note(event)
  }

  function reconsider(): void {
    if (memory.ended !== null || run.signal.aborted || memory.decision !== null) return
    const passed = Math.round(run.now() - memory.startedAt) / 1_000
    const again = voteAgain(parts, memory, passed)
    if (again === undefined) return
    linkSteps(again.plan.steps)
    note({ kind: 'planReplanned', data: { runId: memory.runId, ...again } })
    post(again.replan.sentence)
    run.revise(again.plan, new Map())
  }

  return {
    begin() {
      isLooking = false
      tick()
      // An earlier process may have ended between a count and the round that it called for.
      if (isUndecided(memory)) reconsider()
      // A plan is as good as can be when it is made, but it was not made for a deadline.
      if (memory.goal.deadlineSeconds !== undefined) look()
    },
    look,
    sayUnaffordable(stepId) {
      const step = memory.plan.steps.find(({ id }) => id === stepId)
      if (step === undefined) return
      post(`${step.title} is left out: it would cost $${step.estimate.usd}, more than is left of the budget.`)
    },
    reconsider,
    changePace(pace) {
      note({ kind: 'paceChanged', data: { runId: memory.runId, pace } })
      const { limit, most } = pace
      post(
        limit < most
          ? `A source asks for patience: ${limit} of ${most} research tasks at once from now on.`
          : `The sources answer well again: up to ${most} research tasks at once.`,
      )
    },
    stop: () => cancel(),
  }
}

/** The plan with the answer's changes in it, and every step that was in it before; and the steps not wanted any more. */
export function changedPlan(
  { plan: before, startedAt }: Pick<RunState, 'plan' | 'startedAt'>,
  { situation, schedule, changes }: Pick<Answer, 'situation' | 'schedule' | 'changes'>,
  now: number,
  sha256: (text: string) => string,
): { readonly plan: Plan; readonly unwanted: ReadonlyMap<string, string> } {
  const after = new Map(situation.plan.steps.map((step) => [step.id, step]))
  const known = new Set(before.steps.map(({ id }) => id))
  // What the trader asks for besides is in the dossier before that is validated.
  const more = changes.flatMap(({ kind, step }) => (kind === 'added' ? [step] : []))
  const steps = [
    ...before.steps.map((step) => {
      const now = { ...(after.get(step.id) ?? step), optional: step.optional }
      return step.action === 'validate' ? { ...now, needs: [...new Set([...now.needs, ...more])] } : now
    }),
    ...situation.plan.steps.filter(({ id }) => !known.has(id)),
  ]
  const passed = (now - startedAt) / 1_000
  const starts = { ...before.starts }
  for (const [id, start] of schedule?.starts ?? []) starts[id] = Math.round((passed + start) * 1_000) / 1_000
  const reasons = { ...before.reasons }
  for (const { kind, step, sentence } of changes)
    if (kind !== 'dropped') reasons[step] = { why: withTitles(sentence, steps), falls: 'The run goes on without it.' }
  const hash = planHash(steps, sha256)
  return {
    plan: { ...situation.plan, steps, starts, costLimitUsd: before.costLimitUsd, hash, reasons },
    unwanted: new Map(
      changes.flatMap(({ kind, step, sentence }) =>
        kind === 'dropped' ? [[step, withTitles(sentence, steps)] as const] : [],
      ),
    ),
  }
}

function titled(trigger: PlanTrigger, { steps }: Plan): PlanTrigger {
  return { ...trigger, sentence: withTitles(trigger.sentence, steps) }
}

function successRatesOf({ plan, alternatives }: MonitoredPlan): Record<string, number> {
  const steps = [...plan.steps, ...alternatives.map(({ step }) => step)]
  return Object.fromEntries(
    steps.flatMap(({ id, estimate, retries }) =>
      estimate.basis === undefined ? [] : [[id, successWithin(retries, estimate.basis.success)]],
    ),
  )
}

/** What is thought and voted is not to be bargained with: of what has not begun, only research may be left out. */
function withFixedDeliberation(plan: Plan, { trace }: RunState): Plan {
  const isPending = new Set(trace.steps.filter(({ state }) => state === 'pending').map(({ id }) => id))
  const steps = plan.steps.map((step) =>
    step.action !== 'research' && isPending.has(step.id) ? { ...step, optional: false } : step,
  )
  return { ...plan, steps }
}

/** What had failed before somebody watched, an earlier process has thought over. */
function failuresIn({ trace }: RunState): string[] {
  const failed = trace.steps.filter(({ state }) => state === 'failed')
  return failed.map(({ id }) => keyOf({ kind: 'failure', about: id }))
}

function keyOf({ kind, about }: Pick<PlanTrigger, 'kind' | 'about'>): string {
  return `${kind} ${about ?? ''}`
}

/** True where the votes were counted, nothing was decided, and no count is left to come. */
function isUndecided({ tally, decision, plan, steps }: RunState): boolean {
  if (tally === null || decision !== null) return false
  return plan.steps.every(({ id, action }) => action !== 'decide' || steps.has(id))
}
