import type { Argument } from '#shared/domain/debate.ts'
import type { AnalysisMarket } from './analysis-market.ts'
import type { DecidedOnce } from './decide-once.ts'

/** Everything that one decision came to: what `parley analyze --json` prints (docs/cli.md). */
export type AnalysisOutput = ReturnType<typeof describeAnalysis>

/** Sums of fees in USD to a hundredth of a cent. */
const roundUsd = (usd: number) => Math.round(usd * 10_000) / 10_000

/** Puts together what is printed of a decision. */
export function describeAnalysis(market: AnalysisMarket, seed: number, decided: DecidedOnce) {
  const { run, memory, orders, head, planning } = decided
  const { goal } = run
  const { planned: plan } = memory
  const research = plan.steps.filter(({ action }) => action === 'research')
  const isResearch = new Set(research.map(({ id }) => id))
  return {
    instrument: goal.instrument,
    profile: goal.profile,
    policy: goal.policy,
    seed,
    data: market.data,
    notes: market.notes,
    run: {
      id: run.id,
      status: run.status,
      reason: run.reason,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      usd: roundUsd(run.usd),
    },
    plan: {
      id: plan.id,
      goal: plan.goal,
      hash: plan.hash,
      tasks: research.map((step) => ({
        id: step.id,
        title: step.title,
        priority: step.priority,
        sources: step.sources,
        seconds: step.estimate.seconds,
        usd: step.estimate.usd,
        optional: step.optional,
        after: step.needs,
      })),
      executionOrder: plan.levels
        .map((level) => level.filter((id) => isResearch.has(id)))
        .filter((level) => level.length > 0),
      estimate: { usd: plan.estimate.usd, seconds: plan.estimate.seconds },
      speedup: plan.estimate.speedup,
    },
    replans: memory.replans,
    steps: run.steps.map((step, index) => ({
      id: step.id,
      title: run.plan.steps[index]?.title ?? step.id,
      owner: run.plan.steps[index]?.owner ?? null,
      state: step.state,
      attempts: step.attempt,
      startedAt: step.startedAt,
      endedAt: step.endedAt,
      usd: roundUsd(step.usd),
      reason: step.reason,
    })),
    dossier: {
      instrument: goal.instrument,
      evidence: memory.evidence,
      validation: memory.validation,
      minimumSources: planning.profiles[goal.profile].minimumSources,
    },
    insight: memory.insight,
    debate: byRound(memory.debate),
    proposals: memory.proposals,
    ballots: memory.ballots,
    tally: memory.tally,
    decision: memory.decision,
    review: memory.review,
    orders: orders.map((order) => ({
      ...order,
      fills: memory.fills.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId),
    })),
    outcome: memory.outcome,
    messages: memory.messages,
    journal: { head: head.hash, size: head.size },
  }
}

function byRound(debate: readonly Argument[]) {
  const rounds = [...new Set(debate.map(({ round }) => round))].sort((a, b) => a - b)
  return rounds.map((round) => ({ round, arguments: debate.filter((argument) => argument.round === round) }))
}
