import type { Assessment, ProposalBriefing, Remark } from '#engine/agents/seat.ts'
import type { Action } from '#shared/domain/proposal.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** A seat's answer to a proposal. */
export interface SeatVerdict {
  readonly assessment: Assessment
  readonly remarks: readonly Remark[]
  /** The size that the seat would agree to, where it is smaller than the proposal's. */
  readonly revised?: { readonly quantity: Decimal; readonly why: string }
}

export type Assess = (briefing: ProposalBriefing) => SeatVerdict

interface Grounds {
  readonly reasons: readonly string[]
  readonly evidence?: readonly string[]
}

function remark(text: string, { confidence, evidence }: Assessment): Remark {
  return { kind: 'vote', text, confidence, evidence }
}

/** A vote for an action, with a confidence that is kept between 0 and 1. */
export function voteFor(action: Action, confidence: number, { reasons, evidence = [] }: Grounds): SeatVerdict {
  const sure = Math.max(0, Math.min(1, confidence))
  const choice = { kind: 'option', option: action } as const
  const assessment: Assessment = { choice, confidence: sure, reasons: [...reasons], evidence: [...evidence] }
  return { assessment, remarks: [remark(`Voted ${action} (${sure.toFixed(2)}). ${reasons.join(' ')}`, assessment)] }
}

/** A vote for the action at a smaller size: it counts on the condition that the size is cut. */
export function voteForLess(
  action: Action,
  confidence: number,
  revised: { readonly quantity: Decimal; readonly why: string },
  { reasons, evidence = [] }: Grounds,
): SeatVerdict {
  const condition = `the quantity is at most ${revised.quantity}`
  const choice = { kind: 'conditional' as const, option: action, conditions: [condition] }
  const assessment: Assessment = { choice, confidence, reasons: [...reasons], evidence: [...evidence] }
  const text = `Voted ${action} (${confidence.toFixed(2)}) if ${condition}. ${reasons.join(' ')}`
  return { assessment, remarks: [remark(text, assessment)], revised }
}

/** No side taken; the reason says which input is missing, or that the seat has nothing to say. */
export function abstain(reason: string): SeatVerdict {
  const assessment: Assessment = { choice: { kind: 'abstain' }, confidence: 0, reasons: [reason], evidence: [] }
  return { assessment, remarks: [{ kind: 'vote', text: `Abstained. ${reason}`, confidence: null, evidence: [] }] }
}
