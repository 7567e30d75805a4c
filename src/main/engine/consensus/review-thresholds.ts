import type { Tally } from '#shared/domain/tally.ts'

/** Beyond these a decision goes to the trader; all run from 0 to 1 and each is the last value that needs no review. */
export interface ReviewThresholds {
  readonly mostDisagreement: number
  readonly mostEntropy: number
  readonly leastMargin: number
  readonly leastConfidence: number
}

export const defaultReviewThresholds: ReviewThresholds = {
  mostDisagreement: 0.6,
  mostEntropy: 0.75,
  leastMargin: 0.1,
  leastConfidence: 0.4,
}

/** One rule that sends a decision to the trader, with the numbers behind it where it has any. */
export interface ReviewReason {
  readonly code:
    | 'VETO'
    | 'QUORUM_MISSED'
    | 'TIE'
    | 'NEAR_TIE'
    | 'DISAGREEMENT'
    | 'ENTROPY'
    | 'LOW_CONFIDENCE'
    | 'HANGS_ON_CONDITIONS'
  readonly value?: number
  readonly threshold?: number
  readonly sentence: string
}

/** Names every rule that sends the tally to manual review, gravest first; an empty list needs none. */
export function needsReview(tally: Tally, thresholds: ReviewThresholds): ReviewReason[] {
  const { mostDisagreement, mostEntropy, leastMargin, leastConfidence } = thresholds
  const reasons: ReviewReason[] = []
  if (tally.status === 'vetoed') reasons.push({ code: 'VETO', sentence: tally.rule.sentence })
  if (tally.status === 'quorum-missed') reasons.push({ code: 'QUORUM_MISSED', sentence: tally.rule.sentence })
  if (tally.status === 'tie') {
    reasons.push({ code: 'TIE', sentence: tally.rule.sentence })
  } else if (tally.support.length + tally.dissent.length > 1 && tally.margin < leastMargin) {
    reasons.push({
      code: 'NEAR_TIE',
      value: tally.margin,
      threshold: leastMargin,
      sentence: `The first two options are ${points(tally.margin)} apart; less than ${points(leastMargin)} is a near tie.`,
    })
  }
  if (tally.disagreement > mostDisagreement) {
    reasons.push({
      code: 'DISAGREEMENT',
      value: tally.disagreement,
      threshold: mostDisagreement,
      sentence: `Disagreement is ${points(tally.disagreement)}; more than ${points(mostDisagreement)} is reviewed.`,
    })
  }
  if (tally.entropy > mostEntropy) {
    reasons.push({
      code: 'ENTROPY',
      value: tally.entropy,
      threshold: mostEntropy,
      sentence: `The votes are scattered (${points(tally.entropy)}); more than ${points(mostEntropy)} is reviewed.`,
    })
  }
  if (tally.status === 'agreed' && tally.confidence < leastConfidence) {
    reasons.push({
      code: 'LOW_CONFIDENCE',
      value: tally.confidence,
      threshold: leastConfidence,
      sentence: `Those in favour are ${points(tally.confidence)} confident; less than ${points(leastConfidence)} is reviewed.`,
    })
  }
  if (tally.status === 'agreed' && tally.hangsOnConditions) {
    const conditions = [...new Set(tally.conditions.map(({ condition }) => condition))].join('; ')
    reasons.push({ code: 'HANGS_ON_CONDITIONS', sentence: `It is agreed only on conditions: ${conditions}.` })
  }
  return reasons
}

function points(share: number): string {
  return `${Math.round(share * 100)} %`
}
