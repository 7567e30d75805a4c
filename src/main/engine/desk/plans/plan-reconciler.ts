import { lossBetween } from '#engine/agents/sizes.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { RunUnderWay } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { questionOf, type RunState } from '#engine/desk/run/run-state.ts'
import { castBallotsAgain } from '#engine/desk/voting/conflict-resolution.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import { type Conflict, type ConflictingPlan, conflictSentence } from '#shared/domain/conflict.ts'
import { tradable } from '#shared/domain/instrument.ts'
import { compare, type Decimal, divide, fromNumber, minimum, multiply, sign } from '#shared/lib/decimal.ts'
import { type FoundConflict, planConflicts } from './plan-conflicts.ts'
import { intentsOf, requestedQuantity, sharedLimits } from './plan-intents.ts'

type Fate = ConflictingPlan & { readonly quantity: Decimal | null }

/**
 * Creates what looks for conflicts between the plans that are open and resolves each once (see planConflicts): it is journalled
 * and said in the conversation of every plan that it is about. A plan that is cut is voted on again at its new size, and its
 * votes are not counted before.
 */
export function createReconciler(parts: DeskParts, runOf: (runId: string) => RunUnderWay | undefined): () => void {
  const told = new Set<string>()
  const memoryOf = ({ runId }: CollaborativePlan) => (runId === null ? undefined : runOf(runId)?.work.memory)

  return function reconcile(): void {
    const open = parts.openPlans.list()
    if (open.length < 2) return
    const intents = intentsOf(open, memoryOf, parts)
    if (intents.length < 2) return
    for (const found of planConflicts(intents, sharedLimits(parts, intents))) {
      const plans = open.filter(({ id }) => found.fates.has(id))
      const key = keyOf(found, plans)
      if (told.has(key)) continue
      told.add(key)
      resolve(found, plans)
    }
  }

  /** The same plans with the same sizes are not at odds twice. */
  function keyOf({ kind, fates }: FoundConflict, plans: readonly CollaborativePlan[]): string {
    const sizes = plans.map((plan) => {
      const memory = memoryOf(plan)
      return `${plan.id} ${memory === undefined ? '' : requestedQuantity(memory)} ${fates.get(plan.id)?.kind}`
    })
    return [kind, ...sizes.sort()].join('|')
  }

  function resolve(found: FoundConflict, plans: readonly CollaborativePlan[]): void {
    const fates = plans.map((plan) => fateOf(found, plan))
    const isOpen = found.settled === 'open' || fates.some(({ fate }) => fate === 'trader')
    const conflict: Conflict = {
      kind: found.kind,
      between: plans.map(({ id }) => id),
      plans: fates.map(({ quantity: _quantity, ...fate }) => fate),
      description: found.description,
      settled: isOpen ? 'open' : found.settled,
    }
    const conflictId = parts.ids.next('con')
    for (const [index, { runId }] of plans.entries()) {
      const under = runId === null ? undefined : runOf(runId)
      const fate = fates[index]
      if (under === undefined || fate === undefined) continue
      const { thinkingAgain } = under.work
      thinkingAgain.current = (thinkingAgain.current ?? Promise.resolve())
        .then(() => settleIn(under, fate, conflict, conflictId))
        // The votes wait for it.
        .catch(() => {})
    }
  }

  /** What becomes of a plan; a size that no venue would take is for the trader. */
  function fateOf({ fates }: FoundConflict, plan: CollaborativePlan): Fate {
    const { id, title, instrument } = plan
    const about = { id, title, instrument }
    const fate = fates.get(id)
    if (fate?.kind !== 'cut') return { ...about, fate: fate?.kind ?? 'keeps', quantity: null }
    const terms = parts.feed.instruments().find((one) => one.id === instrument)
    const price = parts.feed.quote(instrument)?.last
    const memory = memoryOf(plan)
    const quantity =
      terms === undefined || price === undefined || memory === undefined
        ? null
        : tradable(minimum(requestedQuantity(memory), divide(fromNumber(fate.worth, 8), price)), price, terms)
    return quantity === null || sign(quantity) === 0
      ? { ...about, fate: 'trader', quantity: null }
      : { ...about, fate: 'cut', quantity }
  }

  async function settleIn(
    { work, signal }: RunUnderWay,
    { id, fate, quantity }: Fate,
    conflict: Conflict,
    conflictId: string,
  ): Promise<void> {
    const { memory } = work
    if (signal.aborted) return
    const words = fateWords[fate] + (quantity === null ? '' : ` ${quantity}.`)
    await record(
      work,
      'planner',
      { kind: 'conflictSettled', data: { runId: memory.runId, conflict, conflictId } },
      ...said(work, 'planner', { kind: 'system', text: `${conflictSentence(conflict)} ${words}` }),
    )
    if (fate === 'givesWay') {
      void parts.openPlans.giveWay(id, conflict.description).catch(() => {})
      return
    }
    const proposal = questionOf(memory)
    if (quantity === null || proposal === undefined || memory.decision !== null) return
    if (compare(quantity, proposal.quantity) >= 0) return
    await record(work, 'planner', {
      kind: 'proposalRevised',
      data: { proposal: cut(proposal, quantity), why: conflict.description },
    })
    await castBallotsAgain(work, signal)
  }
}

function cut(proposal: NonNullable<RunState['proposals'][number]>, quantity: Decimal) {
  const { stop, entry, action } = proposal
  return {
    ...proposal,
    quantity,
    riskAtStop: stop === null ? null : multiply(quantity, lossBetween(action, entry, stop)),
  }
}

const fateWords: Readonly<Record<ConflictingPlan['fate'], string>> = {
  keeps: 'This plan goes on as it is.',
  cut: 'So that all fit, this plan is made smaller and voted on again:',
  givesWay: 'This plan gives way.',
  trader: 'The trader decides on this plan.',
}
