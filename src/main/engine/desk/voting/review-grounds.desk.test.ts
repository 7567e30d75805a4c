import { describe, expect, it } from 'vitest'
import type { Seat } from '#shared/domain/agent.ts'
import type { Choice } from '#shared/domain/ballot.ts'
import type { ReviewRule } from '#shared/domain/review.ts'
import { goal, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { on, type Tampers, tamperedDesk } from '#test/builders/tampered-desk.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const seats = [
  'risk',
  'privacy',
  'analyst',
  'strategist',
  'bull',
  'optimizer',
  'executor',
  'evaluator',
  'bear',
] as const satisfies readonly Seat[]

const option = (name: string): Choice => ({ kind: 'option', option: name })
const abstain: Choice = { kind: 'abstain' }

/** Every seat votes as it is told to, all as sure as each other. */
function voting(choiceOf: (seat: Seat, index: number) => Choice, confidence = 0.8): Tampers {
  const assessing = seats.map((seat, index) => {
    const assessment = { choice: choiceOf(seat, index), confidence, reasons: ['So I was told.'], evidence: [] }
    return [seat, on('assess', () => Promise.resolve({ assessment, remarks: [] }))]
  })
  return Object.fromEntries(assessing)
}

const buys = voting(() => option('buy'))

const cases: readonly (readonly [ReviewRule['code'], string, Tampers])[] = [
  ['VETO', 'the risk manager objects', voting((seat) => option(seat === 'risk' ? 'hold' : 'buy'))],
  ['QUORUM_MISSED', 'three of nine take a side', voting((_seat, index) => (index < 3 ? option('buy') : abstain))],
  [
    'TIE',
    'four are for it and four against',
    voting((_seat, index) => (index === 8 ? abstain : option(index < 4 ? 'buy' : 'sell'))),
  ],
  ['DISAGREEMENT', 'five are for it and four against', voting((_seat, index) => option(index < 5 ? 'buy' : 'sell'))],
  ['LOW_CONFIDENCE', 'nobody is sure', voting(() => option('buy'), 0.3)],
  [
    'HANGS_ON_CONDITIONS',
    'most are for it on a condition',
    voting((_seat, index) =>
      index < 2 ? option('buy') : { kind: 'conditional', option: 'buy', conditions: ['the stop stays'] },
    ),
  ],
  ['NOT_PROPOSED', 'all vote for what nobody proposed', voting(() => option('sell'))],
  ['VETO_HOLDER_SILENT', 'the privacy guard hangs', { ...buys, privacy: on('assess', () => new Promise(() => {})) }],
  [
    'DOSSIER_INSUFFICIENT',
    'the dossier is thin',
    {
      ...buys,
      validator: on('validate', async (answer) => ({ ...((await answer()) as object), sufficient: false })),
    },
  ],
]

describe('HO-3 every rule that asks for the trader is asked by the desk itself', () => {
  it.each(cases)('%s: %s; the review says so, and unanswered nothing is sent', async (code, _how, tampers) => {
    const reviewPolicy = { ...shippedReviewPolicy, driftLimitBps: 10_000 }
    const { kernel, clock, kinds, queries } = await tamperedDesk(tampers, { options: { reviewPolicy } })
    const run = await settle(clock, kernel.runs.start({ ...goal, policy: 'simple-majority' }, trader))
    await passUntil(clock, () => queries.listReviews(1).length > 0 || kernel.runs.active().length === 0)
    const [review] = kernel.reviews.waiting()
    expect(review?.rules.map((rule) => rule.code)).toContain(code)
    expect(queries.getVote(run.runId).decision).toMatchObject({ status: 'review', rule: 'REVIEW_NEEDED' })
    await pass(clock, 1_000 * reviewPolicy.expiresAfterSeconds.paper + 1_000)
    expect(queries.getReview(review?.id ?? '')?.status).toBe('expired')
    expect((await settle(clock, run.ended)).ended?.status).toBe('completed')
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('OBJECTION: the trader objects before the vote', async () => {
    const { kernel, clock, kinds, queries } = await tamperedDesk(buys)
    const run = await settle(clock, kernel.runs.start({ ...goal, policy: 'simple-majority' }, trader))
    await settle(clock, kernel.runs.say(run.runId, { intent: 'object', text: 'Earnings tonight.' }, trader))
    await passUntil(clock, () => queries.listReviews(1).length > 0 || kernel.runs.active().length === 0)
    expect(kernel.reviews.waiting()[0]?.rules).toEqual([
      { code: 'OBJECTION', sentence: 'The trader objects: Earnings tonight.' },
    ])
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('a desk that is sure needs nobody', async () => {
    const { decide, kinds } = await tamperedDesk(buys)
    expect((await decide({ policy: 'simple-majority' })).review).toBeNull()
    expect(kinds()).toContain('orderSubmitted')
  })
})
