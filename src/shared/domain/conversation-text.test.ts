import { expect, test } from 'vitest'
import { conversationText } from './conversation-text.ts'

test('a conversation reads as a document: who said what when, and the evidence under the numbers it is cited by', () => {
  const text = conversationText(
    {
      id: 'run_1',
      goal: { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' },
      status: 'completed',
      startedAt: 0,
      endedAt: 9,
      usd: 0,
      stepsDone: 1,
      stepsTotal: 1,
      outcome: 'hold',
      reason: 'It was a tie.',
    },
    [
      {
        id: 'msg_1',
        runId: 'run_1',
        at: 1_000,
        agent: 'bear',
        kind: 'challenge',
        text: 'Funding is stretched.',
        confidence: 0.512,
        evidence: ['ev_2', 'ev_gone'],
        replyTo: null,
      },
    ],
    [
      { id: 'ev_1', runId: 'run_1', task: 'a', source: 'news', at: 1, asOf: 1, status: 'empty', summary: 'Nothing.' },
      {
        id: 'ev_2',
        runId: 'run_1',
        task: 'b',
        source: 'onchain',
        at: 1,
        status: 'unavailable',
        code: 'X',
        reason: 'down',
      },
    ],
  )
  expect(text).toContain('# BTC/USDT, 1970-01-01T00:00:00.000Z')
  expect(text).toContain('**Bear** (challenge, confidence 0.51, 1970-01-01T00:00:01.000Z): Funding is stretched. [2]')
  expect(text).toContain('2. b, onchain, 1970-01-01T00:00:00.001Z: unavailable: down')
})
