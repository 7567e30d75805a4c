import { describe, expect, it } from 'vitest'
import { decimal } from '#shared/lib/decimal.ts'
import { goal } from '#test/builders/desk-kernel.ts'
import { on, type Tamper, tamperedDesk } from '#test/builders/tampered-desk.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const

const onAssess = (make: (answer: () => Promise<unknown>) => Promise<unknown>) => on('assess', make)

describe('an agent that does not answer', () => {
  it('costs its step alone: the others go on and the vote still ends', async () => {
    const { decide, stepsOf } = await tamperedDesk({ bull: onAssess(() => new Promise(() => {})) })
    const { runId, ended, tally, ballots } = await decide()
    const steps = stepsOf(runId)
    expect(ended?.status).toBe('completed')
    expect(steps['ballot-bull']).toMatchObject({ state: 'failed', reason: expect.stringContaining('gave no answer') })
    expect(Object.values(steps).filter(({ state }) => state === 'failed')).toHaveLength(1)
    expect(ballots).toHaveLength(8)
    expect(tally?.absent).toEqual(['bull'])
  })

  it('and whom nothing can be decided without ends the run as failed, with nothing sent', async () => {
    const { decide, kinds } = await tamperedDesk({ strategist: () => new Promise(() => {}) })
    const { ended } = await decide()
    expect(ended).toMatchObject({ status: 'failed', reason: expect.stringContaining('"propose"') })
    expect(kinds()).not.toContain('orderInitialized')
  })
})

describe('an agent that answers garbage', () => {
  it.each([
    ['throws', () => Promise.reject(new TypeError('undefined is not a function'))],
    ['answers nothing', () => Promise.resolve(undefined)],
    [
      'is surer than sure',
      async () => ({
        assessment: { choice: { kind: 'option', option: 'buy' }, confidence: 7, reasons: [], evidence: [] },
        remarks: [],
      }),
    ],
    [
      'is sure of no number',
      async () => ({
        assessment: { choice: { kind: 'abstain' }, confidence: Number.NaN, reasons: [], evidence: [] },
        remarks: [],
      }),
    ],
    [
      'says what is no text',
      async () => ({
        assessment: { choice: { kind: 'abstain' }, confidence: 0, reasons: [], evidence: [] },
        remarks: [{ kind: 'vote', text: 5, confidence: null, evidence: [] }],
      }),
    ],
  ])('that %s harms only itself', async (_what, answer: () => Promise<unknown>) => {
    const { decide, stepsOf, journal } = await tamperedDesk({ bear: onAssess(answer) })
    const { runId, ended, ballots } = await decide()
    expect(ended?.status).toBe('completed')
    expect(stepsOf(runId)['ballot-bear']?.state).toBe('failed')
    expect(ballots.map(({ voter }) => voter)).not.toContain('bear')
    expect(await journal.verify()).toMatchObject({ status: 'verified' })
  })

  it.each([
    ['another run', { runId: 'run_other' }],
    ['another instrument', { instrument: 'DOGE/USDT' }],
  ])('a proposal about %s is not taken', async (_what, change) => {
    const strategist: Tamper = ({ action }, answer) =>
      action === 'propose'
        ? answer().then((proposals) => (proposals as object[]).map((proposal) => ({ ...proposal, ...change })))
        : undefined
    const { decide, kinds } = await tamperedDesk({ strategist })
    expect((await decide()).ended?.status).toBe('failed')
    expect(kinds()).not.toContain('proposalMade')
  })

  it('evidence of another run is not taken', async () => {
    const researcher: Tamper = (_body, answer) =>
      answer().then((result) => {
        const { evidence, ...rest } = result as { evidence: object[] }
        return { ...rest, evidence: evidence.map((piece) => ({ ...piece, runId: 'run_other' })) }
      })
    const { decide, kinds } = await tamperedDesk({ researcher })
    await decide()
    expect(kinds()).not.toContain('evidenceGathered')
  })

  it('a size that anybody but the risk manager wants is not taken', async () => {
    const revised = { quantity: decimal(1_000), why: 'more is more' }
    const bull = onAssess((answer) => answer().then((said) => ({ ...(said as object), revised })))
    const { decide } = await tamperedDesk({ bull })
    const { proposals } = await decide()
    expect(proposals.map(({ quantity }) => quantity)).not.toContain('1000')
  })
})

describe('KS-12 an answer that comes after a stop', () => {
  it('is recorded as late, counts for nothing, and nothing is sent, not even after a re-arm', async () => {
    let answerNow = () => {}
    const { kernel, clock, kinds, records } = await tamperedDesk({
      risk: onAssess(async (answer) => {
        const said = await answer()
        await new Promise<void>((resolve) => {
          answerNow = resolve
        })
        return said
      }),
    })
    const { ended, runId } = await settle(clock, kernel.runs.start({ ...goal, policy: 'simple-majority' }, trader))
    await passUntil(clock, () => kinds().includes('proposalMade'))
    await pass(clock, 5)
    kernel.halt(2, trader, 'drill')
    expect((await settle(clock, ended)).ended?.status).toBe('cancelled')
    const before = kinds().length
    answerNow()
    await pass(clock, 100)
    expect(records.slice(before).map(({ kind, data, correlationId }) => [kind, data, correlationId])).toEqual([
      [
        'stepAnsweredLate',
        {
          runId,
          stepId: 'risk',
          attempt: 1,
          what: 'Skipped: The risk answered "assess" after the step was stopped.',
        },
        runId,
      ],
    ])
    await pass(clock, 31_000)
    kernel.rearm(trader, { reason: 'I have looked at it', account: 'paper', mode: 'paper' })
    await pass(clock, 60_000)
    expect(kinds()).not.toContain('ballotCast')
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('a decision made before a stop is denied after it', async () => {
    const { kernel, clock, records, kinds } = await tamperedDesk({})
    const { ended } = await settle(clock, kernel.runs.start({ ...goal, policy: 'simple-majority' }, trader))
    await passUntil(clock, () => kinds().includes('decisionMade'))
    const decision = records.findLast(({ kind }) => kind === 'decisionMade')
    kernel.halt(1, trader, 'drill')
    const memory = await settle(clock, ended)
    expect(decision?.data).toMatchObject({ decision: { status: 'agreed', action: 'buy' } })
    expect(memory.ended?.status).toBe('cancelled')
    await pass(clock, 60_000)
    expect(kinds()).not.toContain('orderSubmitted')
  })
})
