import { beforeAll, describe, expect, it } from 'vitest'
import type { Briefing, SideArgument } from '#engine/agents/seat.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import { finding, simulatedBriefing } from '#test/builders/briefing.ts'
import { argue } from './argue.ts'

let base: Briefing
beforeAll(async () => {
  base = await simulatedBriefing(3)
})

function about(evidence: Evidence[]): Briefing {
  const now = Math.max(...evidence.map(({ at }) => at), base.now)
  return { ...base, now, dossier: { ...base.dossier, evidence } }
}

function debate(briefing: Briefing, rounds: number): readonly SideArgument[] {
  const said: SideArgument[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const side of ['bull', 'bear'] as const) said.push(argue(side, briefing, round, said).argument)
  }
  return said
}

const fresh = (signal: number, about: Parameters<typeof finding>[1] = {}) =>
  finding(signal, { at: base.now, asOf: base.now, ...about })

describe('the debate', () => {
  it('opens with the strongest findings of each side, strongest first', () => {
    const evidence = [
      fresh(0.2, { id: 'a', task: 'momentum' }),
      fresh(0.6, { id: 'b' }),
      fresh(-0.5, { id: 'c', task: 'macro_factors', source: 'macro_data' }),
      fresh(0.9, { id: 'd', task: 'market_sentiment', source: 'news', quality: 0.1 }),
    ]
    const bull = argue('bull', about(evidence), 1, []).argument
    expect(bull.points.map((point) => point.evidence)).toEqual([['b'], ['a'], ['d']])
    expect(bull.points[0]).toMatchObject({ strength: 0.6, answers: null })
    expect(argue('bear', about(evidence), 1, []).argument.points.map((point) => point.evidence)).toEqual([['c']])
  })

  it('has a side without evidence say that it has no case', () => {
    const { argument, remarks } = argue('bear', about([fresh(0.6)]), 1, [])
    expect(argument).toMatchObject({ points: [], strength: 0 })
    expect(remarks[0]?.text).toBe('No case for a fall: no evidence supports it.')
  })

  it('cites only evidence that is in the dossier, and some in every point', () => {
    const known = new Set(base.dossier.evidence.map(({ id }) => id))
    const points = debate(base, 3).flatMap((argument) => argument.points)
    expect(points.length).toBeGreaterThan(6)
    for (const point of points) {
      expect(point.evidence.length).toBeGreaterThan(0)
      expect(point.evidence.every((id) => known.has(id))).toBe(true)
    }
  })

  it('answers in later rounds what the other side said, and nothing twice', () => {
    for (const side of ['bull', 'bear'] as const) {
      const said = debate(base, 4)
      const theirs = new Set(said.filter((a) => a.side !== side).flatMap((a) => a.points.map(({ text }) => text)))
      const answers = said.filter((a) => a.side === side && a.round > 1).flatMap((a) => a.points.map((p) => p.answers))
      expect(answers.every((answer) => answer !== null && theirs.has(answer))).toBe(true)
      expect(new Set(answers).size).toBe(answers.length)
    }
  })

  it('takes off a point what the best answer to it is worth', () => {
    const task = 'macro_factors'
    const evidence = [fresh(0.6, { id: 'up', task }), fresh(-0.6, { id: 'down', task, source: 'fear_greed' })]
    const said = debate(about(evidence), 2)
    const [bull1, , bull2, bear2] = said
    expect(bull2?.points[0]).toMatchObject({ answers: said[1]?.points[0]?.text, evidence: ['up'] })
    // 0.6 against 0.6 takes half of it: 0.3.
    expect(bull2?.points[0]?.strength).toBeCloseTo(0.3)
    expect(bear2?.strength).toBeCloseTo(0.3)
    expect(bull1?.strength).toBeCloseTo(0.6)
  })

  it('concedes plainly what it has no answer to, and is weaker for it', () => {
    // Fresh, of full quality, and not of a kind that a regime touches; nothing speaks against it.
    const evidence = [fresh(0.7, { id: 'up', task: 'macro_factors', source: 'macro_data' })]
    const said = debate(about(evidence), 2)
    const bear = said[3]
    expect(bear?.points[0]?.text).toBe('On macro factors (macro data): no answer, the point stands (0.70).')
    expect(bear?.points[0]?.strength).toBe(0)
    expect(said[2]?.strength).toBeCloseTo(0.7)
    const small = [...evidence, fresh(-0.05, { id: 'down', task: 'momentum' })]
    const [, first, , second] = debate(about(small), 2)
    expect(second?.strength).toBeLessThan(first?.strength ?? 0)
  })

  it('names the weakness of a finding: its age, its chance, its range, its repeats', () => {
    const weaknessOf = (evidence: Evidence) => debate(about([evidence]), 2)[3]?.points[0]?.text
    const macro = { task: 'macro_factors', source: 'macro_data' }
    expect(weaknessOf(fresh(0.7, { ...macro, quality: 0.3 }))).toContain('the data is thin (quality 0.30)')
    expect(weaknessOf(fresh(0.7, { ...macro, asOf: base.now - 4 * 86_400_000 }))).toContain('the data is 4 days old')
    const unsure = fresh(0.7, { ...macro, strength: 0.4 })
    expect(weaknessOf({ ...unsure, figures: { ...unsure.figures, deviations: 0.5 } })).toContain('by chance 60 %')
    const wide = { ...unsure.figures, intervalLow: -0.02, intervalHigh: 0.03, matches: 12 }
    expect(weaknessOf({ ...unsure, figures: wide })).toContain('-2.0 % to 3.0 %')
    const noisy = { ...unsure.figures, texts: 20, duplicates: 8, spam: 4 }
    expect(weaknessOf({ ...unsure, figures: noisy })).toContain('12 of its 20 texts')
  })

  it('is word for word the same for the same dossier', () => {
    expect(debate(base, 3)).toEqual(debate({ ...base, bars: { ...base.bars } }, 3))
  })
})
