import type { ReviewItem, ReviewView, ShownReview } from '#shared/contract/reviews.ts'
import { isClosedReview, type Override } from '#shared/domain/review.ts'
import { orderWords, reasonWords, statusWords } from '#shared/domain/review-words.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { voteText } from './analysis-text.ts'
import { durationText, hang, type Terminal, textTable, utcMinute } from './terminal.ts'

/** Reviews as a list: id, order, what became of each, and how long is left. */
export function reviewsText(reviews: readonly ReviewItem[], { columns }: Terminal): string {
  if (reviews.length === 0) return 'No reviews.'
  const rows = reviews.map((review) => [review.id, titleOf(review), whatBecame(review)])
  return textTable(rows, { columns, indent: 0 })
}

/** What it is about; which side the desk takes is not told before the trader has (HO-10). */
function titleOf(review: ReviewItem): string {
  return review.isBlind ? `a decision on ${review.instrument}` : orderWords(review.order)
}

function whatBecame({ status, leftMs }: ReviewItem): string {
  return isClosedReview(status) ? statusWords[status] : `${statusWords[status]}, ${durationText(leftMs / 1_000)} left`
}

/** Everything that a review is judged by; of the hardest the votes only once the trader has judged it (HO-10). */
export function reviewText(review: ReviewView, tally: Tally | null, terminal: Terminal): string {
  const { paint, columns } = terminal
  const line = (text: string) => hang(text, 2, columns)
  const heading = (text: string) => paint.strong(text.toUpperCase())
  const asked = review.questions.map((question) => line(`You asked: ${question}`))
  if (review.isBlind) {
    return [
      `${paint.strong(titleOf(review))}  ${whatBecame(review)}`,
      '',
      heading('Why you are asked'),
      line(
        'The agents disagree widely. Give your own view first; then the order, the votes and the conversation are shown.',
      ),
      line(`${review.question} "parley review judge ${review.id} --side hold --confidence 0.6" records it.`),
      ...asked,
      '',
      line('Unanswered, it is rejected.'),
    ].join('\n')
  }
  const { orderHash, rules, judgement, end, driftLimitBps, editWords } = review
  const closed = isClosedReview(review.status)
  const said = [
    ...(judgement === null
      ? []
      : [line(`Your view before the votes: ${judgement.action}, confidence ${judgement.confidence.toFixed(2)}.`)]),
    ...asked,
    ...(editWords === null ? [] : [line(`You edited it (${reasonWords[editWords.code]}): ${editWords.words}`)]),
  ]
  return [
    `${paint.strong(titleOf(review))}  ${whatBecame(review)}`,
    line(`Hash of the order: ${orderHash}`),
    ...(end === null ? [] : [line(`${utcMinute(end.at)}, by ${end.by}: ${end.reason}`)]),
    '',
    heading('Why you are asked'),
    ...rules.map(({ code, sentence }) => line(`${code}: ${sentence}`)),
    ...said,
    '',
    ...(closed ? [] : [heading('What it changes'), factsText(review, columns), '']),
    voteText({ tally }, terminal),
    '',
    closed
      ? line('This review is closed.')
      : line(
          `Unanswered, it is rejected. A price move of more than ${driftLimitBps} bp voids it. Approve it with "parley review approve ${review.id} --hash ${orderHash.slice(0, 12)}".`,
        ),
  ].join('\n')
}

function factsText({ facts, driftLimitBps, fourEyes }: ShownReview, columns: number): string {
  const { price, driftBps, notional, maximumNotional, position, exposure, riskAtStop, dayLoss, denial } = facts
  const known = (value: string | null) => value ?? 'unavailable'
  const rows = [
    [
      'price',
      `${known(price)}, moved ${driftBps === null ? 'unavailable' : driftBps.toFixed(1)} bp, limit ${driftLimitBps} bp`,
    ],
    ['notional', `${known(notional)} of at most ${maximumNotional}`],
    ['position', `${position.before} to ${position.after}`],
    ['exposure', `${known(exposure.before)} to ${known(exposure.after)} of at most ${exposure.maximum}`],
    ['loss at the stop', known(riskAtStop)],
    ['loss today', `${known(dayLoss.now)} of at most ${dayLoss.maximum}`],
    ['the gate', denial === null ? 'would pass it now' : `would deny it now: ${denial.code}`],
    ['four eyes', fourEyes.why],
  ]
  return textTable(rows, { columns })
}

/** What the trader did against the desk, newest first, with what both ways came to in the quote currency. */
export function overridesText(overrides: readonly Override[], { columns }: Terminal): string {
  if (overrides.length === 0) return 'You have not acted against the desk.'
  const rows = overrides.map(({ at, kind, instrument, words, outcome, dueAt }) => [
    utcMinute(at),
    kind,
    instrument,
    outcome === null ? `measured ${utcMinute(dueAt)}` : `desk ${outcome.desk}, you ${outcome.trader}`,
    `${reasonWords[words.code]}: ${words.words}`,
  ])
  return textTable(rows, { columns, indent: 0 })
}
