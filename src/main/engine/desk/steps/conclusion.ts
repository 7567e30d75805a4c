import { z } from 'zod'
import { tradeRecord } from '#engine/agents/trade-record.ts'
import { readViewRecord } from '#engine/agents/view-record.ts'
import { allocationReport } from '#engine/desk/reports/allocation-report.ts'
import { type InstrumentRecord, performanceReview } from '#engine/desk/reports/performance-review.ts'
import { rebalanceTrades } from '#engine/desk/reports/rebalance-trades.ts'
import { viewsLookedBack } from '#engine/desk/reports/view-records.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { done, type RunContext } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import { barSeries } from '#shared/domain/bar.ts'
import { isEndedPlan } from '#shared/domain/collaborative-plan.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { SubGoal } from '#shared/domain/sub-goal.ts'
import { sleep } from '#shared/lib/clock.ts'
import { errorMessage } from '#shared/lib/error.ts'

const hourMs = 3_600_000
const lookEveryMs = 250

/**
 * Has the evaluator read the record of all that the desk decided on in the period, and of the run's own instrument: per
 * instrument, and per agent by its scored ballots.
 */
export async function lookBack(run: RunContext, _context: StepContext, seat: Seat): Promise<StepResult> {
  const { parts, memory } = run
  const { goal } = memory
  const { horizonHours = 24, days = 30 } = goal.collaboration?.parameters ?? {}
  const horizonMs = horizonHours * hourMs
  const since = Math.floor(parts.clock.now()) - days * 24 * hourMs
  const past = parts.history.outcomesSince(since)
  const instruments: InstrumentRecord[] = []
  for (const instrument of new Set([...past.map((outcome) => outcome.instrument), goal.instrument])) {
    const outcomes = past.filter((outcome) => outcome.instrument === instrument)
    const about = { ...memory, goal: { ...goal, instrument } }
    const briefing = await briefingOf(parts, about).catch(() => null)
    // What is not traded here any more has no bars to judge it by.
    const bars = briefing?.bars ?? barSeries([])
    const now = Math.floor(parts.clock.now())
    instruments.push({
      instrument,
      outcomes,
      record: briefing && tradeRecord({ ...briefing, outcomes, proposal: { horizonMs } }),
      views: readViewRecord(parts.history.listViews(instrument, viewsLookedBack), bars, now),
    })
  }
  instruments.sort((a, b) => b.outcomes.length - a.outcomes.length || (a.instrument < b.instrument ? -1 : 1))
  const votes = parts.history.listScoredVotes(scoresLookedBack).filter(({ dueAt }) => dueAt >= since)
  const review = performanceReview({ days, instruments, votes, horizonMs, bias: parts.reviews.bias() })
  await record(run, seat, ...said(run, seat, ...review.findings.map((text) => ({ kind: 'analysis' as const, text }))))
  return { status: 'succeeded', output: { conclusion: review.conclusion }, usd: 0 }
}

/** So many scored votes are looked at. */
const scoresLookedBack = 1_000

/** Has the optimizer weigh what is held against where it should be, and says what is to be done. */
export async function weigh(run: RunContext, _context: StepContext, seat: Seat): Promise<StepResult> {
  const { parts, memory } = run
  const now = Math.floor(parts.clock.now())
  const goal = { goal: memory.goal.collaboration?.weights ?? 'risk-parity', profile: memory.goal.profile }
  const report = allocationReport({ ...parts, profiles: parts.planning.profiles, now }, goal)
  const { goals, sentence } = rebalanceTrades(report, memory.goal.collaboration?.parameters ?? {})
  const data = { runId: memory.runId, goals, why: sentence }
  await record(run, seat, { kind: 'subGoalsSet', data }, ...said(run, seat, { kind: 'analysis', text: sentence }))
  return done
}

/**
 * Has a plan carried out for each goal, one after the other, and tells what became of it. Taken up by a new process it goes on
 * with those that were begun (HO-15). A plan that cannot be made is told, and the next one is begun.
 */
export async function pursue(run: RunContext, { signal }: StepContext, seat: Seat): Promise<StepResult> {
  const { parts, memory } = run
  const { collaboration, instrument } = memory.goal
  if (collaboration === undefined) return { status: 'skipped', reason: 'It is part of no plan.' }
  const goals: readonly SubGoal[] = [...(collaboration.subGoals ?? []), ...(memory.subGoals?.goals ?? [])]
  if (goals.length === 0) return { status: 'skipped', reason: 'There is nothing to do.' }
  const { runId } = memory
  for (const [index, goal] of goals.entries()) {
    if (memory.subPlans[index] === undefined) {
      await roomForOrders(parts, signal)
      const { template, parameters } = goal
      const wish = { template, parameters, instrument: goal.instrument ?? instrument, parentId: collaboration.planId }
      const begun = (planId: string): DeskEvent => ({ kind: 'subPlanBegun', data: { runId, planId, goal } })
      try {
        await parts.nested.begin(wish, { why: `It serves the plan ${collaboration.planId}.`, with: begun, runId })
      } catch (error) {
        if (signal.aborted) throw error
        const data = { runId, planId: `none-${index}`, goal }
        const end = { runId, planId: data.planId, state: 'failed', traded: false, reason: errorMessage(error) }
        const text = `No plan could be made for ${wish.instrument}: ${errorMessage(error)}`
        await record(
          run,
          seat,
          { kind: 'subPlanBegun', data },
          { kind: 'subPlanEnded', data: end },
          ...said(run, seat, { kind: 'thought', text }),
        )
      }
    }
    const child = memory.subPlans[index]
    if (child === undefined || child.state !== null) continue
    let plan = parts.nested.get(child.planId)
    while (!isEndedPlan(plan.state)) {
      await sleep(parts.clock, lookEveryMs, signal)
      plan = parts.nested.get(child.planId)
    }
    const { state, traded, reason } = plan
    const text = `${plan.title}, ${plan.instrument}: ${state}${reason === null ? '' : `. ${reason}`}`
    const data = { runId, planId: plan.id, state, traded, reason }
    await record(run, seat, { kind: 'subPlanEnded', data }, ...said(run, seat, { kind: 'analysis', text }))
  }
  return done
}

/** A plan may send an entry and its exits: so many orders are kept free of what the mandate allows in a minute. */
const ordersKept = 4

/** Resolves when there is room within the mandate's orders a minute for what the next plan may send. */
async function roomForOrders({ book, mandate, clock }: DeskParts, signal: AbortSignal): Promise<void> {
  const most = Math.max(0, mandate.ordersPerMinute - ordersKept)
  const sent = () => book.sentAt.filter((at) => at > clock.now() - 60_000).length
  while (sent() > most) await sleep(clock, lookEveryMs, signal)
}

/** What looking back leaves to the steps after it. */
const lookedBackSchema = z.object({ conclusion: z.string() })

/** Writes down what the plan comes to: in the conversation, and in memory. */
export async function conclude(run: RunContext, { outputOf }: StepContext, seat: Seat): Promise<StepResult> {
  const { subGoals, subPlans, outcome, runId } = run.memory
  const looked = lookedBackSchema.safeParse(outputOf('look-back')).data
  const ended = subPlans.filter(({ traded }) => traded).length
  const sentences = [
    looked?.conclusion,
    subGoals?.why,
    subPlans.length === 0 ? undefined : `${ended} of ${subPlans.length} plans of its own were carried out.`,
    ...subPlans.flatMap(({ state, reason, goal }) =>
      state === 'completed' ? [] : [`${goal.instrument ?? 'One'} was ${state}: ${reason ?? 'no reason is known.'}`],
    ),
    ...(outcome?.lessons ?? []),
  ].filter((text) => text !== undefined)
  const conclusion = sentences.length === 0 ? 'There is nothing to conclude.' : sentences.join(' ')
  await record(
    run,
    seat,
    { kind: 'conclusionWritten', data: { runId, conclusion } },
    ...said(run, seat, { kind: 'decision', text: conclusion }),
  )
  return done
}
