import { describe, expect, it } from 'vitest'
import type { Dossier, Evidence } from '#shared/domain/evidence.ts'
import { finding, profile, researchTask } from '#test/builders/briefing.ts'
import { describeValidation, validate } from './validate.ts'

const now = 1_000_000_000_000
const tasks = {
  technical_analysis: researchTask(['price_data'], { priority: 'critical' }),
  market_sentiment: researchTask(['news', 'social'], { priority: 'high' }),
  keyword_extraction: researchTask(['news'], { priority: 'low' }),
}
const prices = finding(0.5, { quality: 0.8 })
const news = finding(0.2, { task: 'market_sentiment', source: 'news', quality: 0.4 })
const common = { runId: 'run_1', at: now }
const noPosts: Evidence = {
  ...common,
  id: 'ev_e',
  task: 'market_sentiment',
  source: 'social',
  status: 'empty',
  asOf: now,
  summary: 'Nothing.',
}
const noWords: Evidence = {
  ...common,
  id: 'ev_u',
  task: 'keyword_extraction',
  source: 'news',
  status: 'unavailable',
  code: 'SOURCE_UNAVAILABLE',
  reason: 'No news today.',
}

function judge(evidence: Evidence[], at = now) {
  const dossier: Dossier = { instrument: 'BTC/USDT', asOf: now, price: 1, evidence, validation: null }
  return validate(dossier, tasks, profile, at)
}

describe('the validator', () => {
  it('weighs what is complete by priority: critical 4, high 3, low 1', () => {
    expect(judge([prices, news, noPosts, noWords]).completeness).toBe(7 / 8)
    expect(judge([prices]).completeness).toBe(4 / 8)
    expect(judge([]).completeness).toBe(0)
  })

  it('takes the mean quality of values alone', () => {
    expect(judge([prices, news, noPosts, noWords]).quality).toBeCloseTo(0.6)
  })

  it('counts known emptiness as an answer and unavailability as none', () => {
    const { sources, missing } = judge([prices, news, noPosts, noWords])
    expect(sources).toBe(3)
    expect(missing).toEqual([{ task: 'keyword_extraction', reason: 'news: No news today.' }])
  })

  it('counts the chart and the prices, of which it is more, as one source', () => {
    const chart = finding(0.1, { task: 'technical_analysis', source: 'chart_data' })
    expect(judge([prices, chart, news]).sources).toBe(judge([prices, news]).sources)
  })

  it('finds a dossier sufficient only with enough sources and a value for each critical task', () => {
    expect(judge([prices, news, noPosts, noWords]).sufficient).toBe(true)
    expect(judge([prices, news, noWords]).sufficient).toBe(false)
    const emptyPrices: Evidence = { ...noPosts, id: 'ev_p', task: 'technical_analysis', source: 'price_data' }
    const judged = judge([emptyPrices, news, noPosts, noWords])
    expect(judged.sources).toBe(3)
    expect(judged.sufficient).toBe(false)
    expect(judged.missing[0]).toEqual({ task: 'technical_analysis', reason: 'price_data: Nothing.' })
  })

  it('calls a value stale once it is older than its task allows', () => {
    const allowed = 172_800_000
    expect(judge([prices, news], now + allowed).stale).toEqual([])
    const later = judge([prices, { ...news, asOf: now + 1 }], now + allowed + 1)
    expect(later).toMatchObject({ stale: [prices.id], freshness: 0.5 })
  })

  it('names a task that was never gathered', () => {
    expect(judge([prices]).missing.map(({ reason }) => reason)).toEqual([
      'It was never gathered.',
      'It was never gathered.',
    ])
  })

  it('says it in one sentence', () => {
    expect(describeValidation(judge([prices, news, noPosts, noWords]))).toBe(
      'Enough to decide on: 88 % of the planned research from 3 sources; missing: keyword_extraction.',
    )
  })
})
