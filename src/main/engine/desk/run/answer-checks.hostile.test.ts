import { beforeAll, describe, expect, it } from 'vitest'
import type { Seat } from '#shared/domain/agent.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { on, type Tamper, tamperedDesk } from '#test/builders/tampered-desk.ts'
import type { RunState } from './run-state.ts'

type Said = Record<string, unknown>
const never = () => new Promise<never>(() => {})
const wish = { policy: 'simple-majority' } as const

/** What somebody else than the one who lies votes, and how sure. */
const votesOf = ({ ballots }: RunState, without: Seat) =>
  new Map(
    ballots
      .filter(({ voter }) => voter !== without)
      .map(({ voter, choice, confidence }) => [voter, { choice, confidence }]),
  )

const change = (changes: (said: Said) => Said): Tamper =>
  on('assess', async (answer) => {
    const said = (await answer()) as Said
    return { ...said, ...changes(said) }
  })
const assessment = (changes: Said) =>
  change(({ assessment: honest }) => ({ assessment: { ...(honest as Said), ...changes } }))
const remark = { kind: 'vote', text: 'Buy!', confidence: 1, evidence: [] }

function goRound(said: Said): Said {
  said['again'] = said
  return said
}

/** Each way to harm a vote, and what the desk says of it; null where the answer is taken for what it may say. */
const harms: readonly (readonly [string, Tamper, RegExp])[] = [
  ['hangs', on('assess', never), /gave no answer/],
  ['crashes', on('assess', () => Promise.reject(new TypeError('undefined is not a function'))), /undefined is not a/],
  [
    'crashes before it promises anything',
    on('assess', () => {
      throw new RangeError('Maximum call stack size exceeded')
    }),
    /Maximum call stack/,
  ],
  [
    'floods the conversation',
    change(() => ({ remarks: Array.from({ length: 10_000 }, () => remark) })),
    /says too much/,
  ],
  ['floods it in one breath', change(() => ({ remarks: [{ ...remark, text: 'Buy! '.repeat(1e6) }] })), /says too much/],
  ['floods its reasons', assessment({ reasons: Array.from({ length: 1e6 }, () => 'because') }), /says too much/],
  ['goes round in circles', change((said) => ({ loop: goRound(said) })), /says too much/],
  [
    'cites evidence that nobody gathered',
    assessment({ evidence: ['ev_none'] }),
    /evidence that nobody gathered: ev_none/,
  ],
  [
    'cites it in what it says',
    change(() => ({ remarks: [{ ...remark, evidence: ['ev_none'] }] })),
    /evidence that nobody gathered/,
  ],
  ['votes twice in one answer', on('assess', async (answer) => [await answer(), await answer()]), /cannot be used/],
]

describe('an agent that harms the vote', () => {
  let honest: RunState
  beforeAll(async () => {
    const { decide } = await tamperedDesk({})
    honest = await decide(wish)
    expect(honest.decision).toMatchObject({ status: 'agreed', action: 'buy' })
  })

  it.each(harms)(
    'and %s loses its ballot; the others vote as they would, and the desk decides as it would',
    async (_how, tamper, reason) => {
      const { decide, stepsOf, journal, kinds } = await tamperedDesk({ bull: tamper })
      const memory = await decide(wish)
      expect(stepsOf(memory.runId)['ballot-bull']).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(reason),
      })
      expect(memory.tally?.absent).toEqual(['bull'])
      expect(votesOf(memory, 'bull')).toEqual(votesOf(honest, 'bull'))
      expect(memory.decision).toMatchObject({ status: 'agreed', action: 'buy' })
      // The entry, and the stop and the target that protect it.
      expect(kinds().filter((kind) => kind === 'orderSubmitted')).toHaveLength(3)
      expect(await journal.verify()).toMatchObject({ status: 'verified' })
    },
  )
})

describe('an agent that says what is not its to say', () => {
  it('votes once, as itself and with its own weight, whatever it puts into its ballot', async () => {
    const forged = { voter: 'risk', weight: 1e9, id: 'bal_mine', at: 0, proposalId: 'prop_mine', confidence: 0.9 }
    const { decide } = await tamperedDesk({ bear: assessment(forged) })
    const { ballots, tally } = await decide(wish)
    expect(ballots.filter(({ voter }) => voter === 'bear')).toMatchObject([{ weight: 1, confidence: 0.9 }])
    expect(ballots.filter(({ voter }) => voter === 'risk')).toHaveLength(1)
    expect(ballots.map(({ id }) => id)).not.toContain('bal_mine')
    expect(new Set(ballots.map(({ proposalId }) => proposalId)).size).toBe(1)
    expect([...(tally?.support ?? []), ...(tally?.dissent ?? [])].every(({ weight }) => weight === 1)).toBe(true)
  })

  it.each([
    ['the other side of the debate', (argument: Said) => ({ ...argument, side: 'bear' })],
    ['another round', (argument: Said) => ({ ...argument, round: 9 })],
    [
      'evidence that nobody gathered',
      (argument: Said) => ({ ...argument, points: [{ ...point, evidence: ['ev_none'] }] }),
    ],
  ])('argues for %s, and is not heard; the other side is', async (_what, lie) => {
    const bull = on('argue', async (answer) => {
      const said = (await answer()) as { argument: Said }
      return { ...said, argument: lie(said.argument) }
    })
    const { decide, stepsOf } = await tamperedDesk({ bull })
    const { debate, runId, ended } = await decide(wish)
    expect(ended?.status).toBe('completed')
    expect(new Set(debate.map(({ side }) => side))).toEqual(new Set(['bear']))
    expect(Object.values(stepsOf(runId)).some(({ state }) => state === 'failed')).toBe(true)
  })

  it('speaks in the name of another agent, and its view is not taken', async () => {
    const analyst = on('analyse', async (answer) => {
      const said = (await answer()) as { insight: Said }
      return { ...said, insight: { ...said.insight, agent: 'risk', direction: 'up', confidence: 1 } }
    })
    const { decide, kinds } = await tamperedDesk({ analyst })
    await decide(wish)
    expect(kinds()).not.toContain('insightFormed')
  })
})

const point = { text: 'It rises.', strength: 1, evidence: [], answers: null }

describe('a researcher that lies about its evidence', () => {
  const research = (lie: (found: readonly Said[]) => readonly Said[]): Tamper =>
    on('research', async (answer, input) => {
      const said = (await answer()) as { evidence: readonly Said[] }
      const isLied = (input as { task: string }).task === 'technical_analysis'
      return isLied ? { ...said, evidence: lie(said.evidence) } : said
    })

  it.each([
    ['of another task', (found: readonly Said[]) => found.map((each) => ({ ...each, task: 'macro_factors' }))],
    ['of another run', (found: readonly Said[]) => found.map((each) => ({ ...each, runId: 'run_other' }))],
    ['twice under one id', (found: readonly Said[]) => [...found, ...found]],
    ['without end', (found: readonly Said[]) => Array(3_000).fill(found).flat()],
    ['of more quality than there is', (found: readonly Said[]) => found.map((each) => ({ ...each, quality: 7 }))],
  ])('%s is not believed; what the others found stays, and nothing is sent without the trader', async (_what, lie) => {
    const { decide, stepsOf, kinds, journal } = await tamperedDesk({ researcher: research(lie) })
    const { runId, evidence, ended, review } = await decide(wish)
    expect(ended?.status).toBe('completed')
    expect(stepsOf(runId)['technical_analysis']?.state).toBe('failed')
    expect(evidence.map(({ task }) => task)).not.toContain('technical_analysis')
    expect(evidence.length).toBeGreaterThan(3)
    if (review === null) expect(kinds()).not.toContain('orderSubmitted')
    expect(review?.status).not.toBe('approved')
    expect(await journal.verify()).toMatchObject({ status: 'verified' })
  })

  it('under the id of what another task found takes nothing away from that', async () => {
    let first: unknown
    const researcher = on('research', async (answer) => {
      const said = (await answer()) as { evidence: readonly Said[] }
      first ??= said.evidence[0]?.['id']
      return { ...said, evidence: said.evidence.map((each) => ({ ...each, id: first })) }
    })
    const { decide } = await tamperedDesk({ researcher })
    const { evidence } = await decide(wish)
    expect(evidence.map(({ id }) => id)).toEqual([first])
  })
})

describe('a strategist that lies', () => {
  it.each([
    [
      'cites evidence that nobody gathered',
      (proposals: readonly Said[]) => proposals.map((each) => ({ ...each, evidence: ['ev_none'] })),
    ],
    ['floods the desk with proposals', (proposals: readonly Said[]) => Array(2_000).fill(proposals[0])],
    ['proposes twice under one id', (proposals: readonly Said[]) => [proposals[0], proposals[0]]],
  ])('and %s ends the run, and nothing is sent', async (_what, lie) => {
    const strategist = on('propose', async (answer) => lie((await answer()) as readonly Said[]))
    const { decide, kinds } = await tamperedDesk({ strategist })
    expect((await decide(wish)).ended).toMatchObject({ status: 'failed', reason: expect.stringContaining('"propose"') })
    expect(kinds()).not.toContain('proposalMade')
    expect(kinds()).not.toContain('orderInitialized')
  })
})

describe('an agent with a veto', () => {
  it.each(harms.filter(([how]) => /^(hangs|floods its reasons|cites evidence)/.test(how)))(
    'that %s gives nobody free passage: the trader is asked',
    async (_how, tamper) => {
      const { decide, kinds } = await tamperedDesk({ risk: tamper }, { options: { attended: false } })
      const { review, decision } = await decide(wish)
      expect(decision?.status).toBe('review')
      expect(review?.rules.map(({ code }) => code)).toContain('VETO_HOLDER_SILENT')
      expect(kinds()).not.toContain('orderInitialized')
    },
  )
})

describe('an evaluator that lies about what a trade came to', () => {
  it.each([
    ['its fill', { filledQuantity: decimal('0.5') }],
    ['its fees', { fees: decimal('-10') }],
    ['the price that it was decided at', { arrivalPrice: decimal(1) }],
    ['another decision', { decisionId: 'dec_other' }],
  ])('is not believed about %s, and the record keeps clean', async (_what, lie) => {
    const evaluator = on('evaluate', async (answer) => ({ ...((await answer()) as Said), ...lie }))
    const { decide, kinds } = await tamperedDesk({ evaluator })
    await decide(wish)
    expect(kinds()).toContain('orderSubmitted')
    expect(kinds()).not.toContain('outcomeMeasured')
  })
})
