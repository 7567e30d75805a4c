import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Briefing } from '#engine/agents/seat.ts'
import { readViewRecord } from '#engine/agents/view-record.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import { finding, simulatedBriefing } from '#test/builders/briefing.ts'
import { analyse } from './analyse.ts'

let base: Briefing
beforeAll(async () => {
  base = await simulatedBriefing(3)
})

function about(evidence: Evidence[], briefing: Briefing = base): Briefing {
  return { ...briefing, dossier: { ...briefing.dossier, evidence } }
}

const share = fc.double({ min: 0, max: 1, noNaN: true })
const tasks = ['technical_analysis', 'momentum', 'market_sentiment', 'macro_factors']
const findings = fc
  .array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), share, share, fc.constantFrom(...tasks)), {
    maxLength: 8,
  })
  .map((rows) => [
    finding(0),
    ...rows.map(([signal, strength, quality, task], k) => finding(signal, { id: `ev_${k}`, strength, quality, task })),
  ])

const turned = { up: 'down', down: 'up', flat: 'flat' } as const

describe('the analyst', () => {
  it('sees the mirror image in mirrored evidence', () => {
    fc.assert(
      fc.property(findings, (evidence) => {
        const mirrored = evidence.map((piece) => ({
          ...piece,
          figures: { ...piece.figures, signal: -(piece.figures['signal'] ?? 0) },
        }))
        const { insight } = analyse(about(evidence))
        const { insight: mirror } = analyse(about(mirrored))
        if (insight === null || mirror === null) throw new Error('There is price evidence.')
        expect(mirror.direction).toBe(turned[insight.direction])
        expect(mirror.magnitude).toBeCloseTo(insight.magnitude, 12)
        expect(mirror.confidence).toBeCloseTo(insight.confidence, 12)
        expect(mirror.evidence).toEqual(insight.evidence)
      }),
    )
  })

  it('is surer the more tasks agree, and never more than twice as sure in log-odds as they are on average', () => {
    const up = (count: number) => tasks.slice(0, count).map((task) => finding(0.4, { task, id: task }))
    const sureness = [1, 2, 3, 4].map((count) => analyse(about(up(count))).insight?.confidence ?? 0)
    expect(sureness).toEqual([...sureness].sort((a, b) => a - b))
    expect(sureness[0]).toBeCloseTo(0.7)
    const most = Math.log(0.7 / 0.3) * 2
    expect(sureness[3]).toBeLessThan(1 / (1 + Math.exp(-most)))
  })

  it('weighs a family of findings as one of them: repeating makes it no heavier, one that says nothing no lighter', () => {
    const sources = ['price_data', 'volume_data', 'chart_data']
    const family = (...strengths: number[]) =>
      analyse(about(strengths.map((strength, k) => finding(0.6, { source: sources[k] ?? '', strength })))).insight
        ?.confidence
    expect(family(0.5, 0.5, 0.5)).toBeCloseTo(family(0.5) ?? 0, 12)
    expect(family(0.5, 0, 0)).toBeCloseTo(family(0.5) ?? 0, 12)
    expect(family(0.5, 0.01)).toBeCloseTo(family(0.5) ?? 0, 2)
    expect(family(0.5, 0.9)).toBeLessThan(family(0.9) ?? 0)
  })

  it('with a record says what its confidence counts for, what the evidence states, and why', () => {
    const evidence = tasks.map((task) => finding(0.4, { task, id: task }))
    const none = readViewRecord([], base.bars, base.now)
    const stated = analyse(about(evidence)).insight?.confidence ?? 0
    const { insight, remarks } = analyse(about(evidence), none)
    expect(insight?.stated).toBe(stated)
    expect(insight?.confidence).toBeGreaterThan(0.5)
    expect(insight?.confidence).toBeLessThan(0.57)
    expect(remarks[0]?.text).toMatch(
      /\(confidence 0\.5\d\)\. Adjusted from 0\.[78]\d on the evidence alone: no earlier view/,
    )
    const bad = { ...none, judged: 30, right: 9, calibration: { slope: 0.1, intercept: -0.8 } }
    expect(analyse(about(evidence), bad).insight?.confidence).toBe(0.5)
    expect(analyse(about(evidence), bad).remarks[0]?.text).toContain('9 of 30 earlier views on it were right')
    const flat = analyse(about([finding(0)]), none).insight
    expect(flat).toMatchObject({ direction: 'flat', confidence: analyse(about([finding(0)])).insight?.confidence })
  })

  it('gives a weak or poor finding less say', () => {
    const against = finding(-0.8, { task: 'momentum', id: 'weak', strength: 0.1 })
    expect(analyse(about([finding(0.5), against])).insight?.direction).toBe('up')
    const poor = finding(-0.8, { task: 'momentum', id: 'poor', quality: 0.1 })
    expect(analyse(about([finding(0.5), poor])).insight?.direction).toBe('up')
  })

  it('expects what the view and the volatility over the horizon come to', () => {
    const { insight } = analyse(about([finding(0.5)]))
    const closes = base.bars.close.slice(-61)
    const returns = Array.from(closes.slice(1), (close, k) => Math.log(close / (closes[k] as number)))
    const mean = returns.reduce((sum, value) => sum + value, 0) / 60
    const volatility = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 59)
    expect(insight?.horizonMs).toBe(24 * 3_600_000)
    expect(insight?.magnitude).toBeCloseTo(0.5 * Math.sqrt(2 / Math.PI) * volatility * Math.sqrt(24), 10)
  })

  it('abstains without price evidence, saying why', () => {
    const missing: Evidence = {
      id: 'ev_p',
      runId: 'run_1',
      task: 'technical_analysis',
      source: 'price_data',
      at: base.now,
      status: 'unavailable',
      code: 'SOURCE_UNAVAILABLE',
      reason: 'The exchange is closed.',
    }
    const { insight, remarks } = analyse(about([missing, finding(0.9, { task: 'market_sentiment', source: 'news' })]))
    expect(insight).toBeNull()
    expect(remarks[0]?.text).toContain('price_data is unavailable: The exchange is closed.')
    expect(analyse(about([])).insight).toBeNull()
  })

  it('abstains where the bars are too few to measure volatility', () => {
    const few = { ...base, bars: barSeries([{ time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 }]), regime: null }
    expect(analyse(about([finding(0.5)], few))).toMatchObject({ insight: null, regime: null })
  })

  it('is sure of nothing where nothing has a direction', () => {
    expect(analyse(about([finding(0, { strength: 0 })])).insight).toMatchObject({ direction: 'flat', confidence: 0 })
  })

  it('says what it could not hear', () => {
    expect(analyse(base).remarks[0]?.text).not.toContain('Unavailable')
    const { id, runId, task, at } = finding(0.1, { id: 'ev_s', task: 'onchain_metrics' })
    const silent: Evidence = { id, runId, task, at, source: 'onchain', status: 'unavailable', code: 'X', reason: 'Y' }
    expect(analyse(about([finding(0.5), silent])).remarks[0]?.text).toContain('Unavailable: on-chain counts.')
  })
})
