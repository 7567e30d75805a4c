import { describe, expect, it } from 'vitest'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Message } from '#shared/domain/message.ts'
import { answerQuestion } from './answer.ts'

const common = { runId: 'run_1', at: 1, asOf: 1 }
const evidence: Evidence[] = [
  {
    ...common,
    id: 'ev_1',
    task: 'market_sentiment',
    source: 'news',
    status: 'value',
    summary: 'Headlines lean to fear: 7 of 9 speak of outflows.',
    figures: { signal: -0.6, strength: 0.5 },
    quality: 0.8,
  },
  {
    ...common,
    id: 'ev_2',
    task: 'onchain_metrics',
    source: 'onchain',
    status: 'unavailable',
    code: 'SOURCE_UNAVAILABLE',
    reason: 'The service did not answer.',
  },
]
const ballot: Ballot = {
  id: 'bal_1',
  voter: 'bear',
  proposalId: 'pro_1',
  at: 2,
  choice: { kind: 'option', option: 'hold' },
  confidence: 0.62,
  weight: 1,
  reasons: ['Debate: bull 0.51, bear 0.40.'],
  evidence: ['ev_1'],
}
const said: Message[] = [
  {
    id: 'msg_1',
    runId: 'run_1',
    at: 1,
    agent: 'bear',
    kind: 'analysis',
    text: 'Funding is stretched. Volume does not follow the breakout.',
    confidence: 0.5,
    evidence: ['ev_1'],
    replyTo: null,
  },
]
const ask = (question: string, given: Partial<Parameters<typeof answerQuestion>[0]> = {}) =>
  answerQuestion({ question, said, ballot, evidence, ...given })

describe('the answer of a seat', () => {
  it('is the sentence that speaks of what was asked, with what it stands on', () => {
    const { text, evidence: cited } = ask('What about the funding?')
    expect(text).toContain('Funding is stretched.')
    expect(text).not.toContain('breakout')
    expect(cited).toEqual(['ev_1'])
  })

  it('knows a word in the plural again', () => {
    expect(ask('Is there a headline?').text).toContain('Headlines lean to fear')
  })

  it('says of a source that it is unavailable, and why', () => {
    const { text, evidence: cited } = ask('What do the on-chain counts say?')
    expect(text).toContain('on-chain counts is unavailable: The service did not answer.')
    expect(cited).toEqual(['ev_2'])
  })

  it('tells how it voted and how sure it is', () => {
    expect(ask('Funding?')).toMatchObject({
      text: expect.stringContaining('I voted hold (0.62).'),
      confidence: 0.62,
    })
  })

  it('gives the reasons of its vote where nothing fits, and says that nothing does', () => {
    const { text } = ask('Why?')
    expect(text).toContain('Nothing I know matches the question closely')
    expect(text).toContain('Debate: bull 0.51')
  })

  it('makes nothing up', () => {
    const { text, evidence: cited, confidence } = ask('How is the weather?', { ballot: null })
    expect([text, cited, confidence]).toEqual([expect.stringContaining('I have no answer'), [], null])
  })
})
