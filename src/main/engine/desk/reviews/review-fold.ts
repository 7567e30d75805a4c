import type { DeskRecord } from '#engine/journal/journal.ts'
import { type Review, type ReviewStatus, reviewTransitions } from '#shared/domain/review.ts'

type Known = (reviewId: string) => Review | undefined

/**
 * The review as it is after a record; undefined for a record that concerns none, is of one that is not known, or would
 * lead where no review can go: what is closed stays closed.
 */
export function reviewAfter(known: Known, record: DeskRecord): Review | undefined {
  if (record.kind === 'reviewOpened') return known(record.data.review.id) === undefined ? record.data.review : undefined
  if (record.kind === 'reviewAnswered') {
    const { review } = record.data
    return moves(known(review.id), 'open') === undefined ? undefined : review
  }
  if (!('reviewId' in record.data)) return undefined
  const before = known(record.data.reviewId)
  switch (record.kind) {
    case 'blindJudgementRecorded':
      return before && { ...before, judgement: record.data.judgement }
    case 'reviewSnoozed':
      return moves(before, 'snoozed', { snoozedUntil: record.data.until })
    case 'reviewWoken':
      return moves(before, before?.editWords === null ? 'open' : 'edited', { snoozedUntil: null })
    case 'reviewEdited': {
      const { order, orderHash, price, words } = record.data
      return moves(before, 'edited', {
        order,
        orderHash,
        price,
        editWords: words,
        shownAt: record.at,
        snoozedUntil: null,
      })
    }
    case 'reviewAsked':
      return before && moves(before, 'asked', { questions: [...before.questions, record.data.question] })
    case 'reviewApproved': {
      const { words, dwellMs } = record.data
      return moves(before, 'approved', { end: endOf(record, 'Approved by the trader', words, dwellMs) })
    }
    case 'reviewRejected': {
      const { words, dwellMs } = record.data
      return moves(before, 'rejected', { end: endOf(record, words.words, words, dwellMs) })
    }
    case 'reviewExpired':
      return moves(before, 'expired', { end: endOf(record, 'Nobody answered in time, which is a rejection') })
    case 'reviewVoided':
      return moves(before, 'voided', { end: endOf(record, record.data.why) })
    default:
      return undefined
  }
}

function moves(before: Review | undefined, status: ReviewStatus, changes: Partial<Review> = {}): Review | undefined {
  if (before === undefined || !reviewTransitions[before.status].includes(status)) return undefined
  return { ...before, ...changes, status }
}

function endOf(
  { at, actor }: DeskRecord,
  reason: string,
  words: NonNullable<Review['end']>['words'] = null,
  dwellMs: number | null = null,
): Review['end'] {
  return { at, by: actor.id, reason, words, dwellMs }
}
