import { describe, expect, it } from 'vitest'
import { performResearch } from '#engine/agents/research.ts'
import { argue } from '#engine/agents/seats/argue.ts'
import type { CustomSources, ResearchSources } from '#engine/ports/research-sources.ts'
import type { CustomFinding } from '#shared/domain/custom-finding.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { compute, idsFrom, researchTask, simulatedBriefing } from '#test/builders/briefing.ts'

const unasked: ResearchSources = { fetch: () => Promise.reject(new Error('The desk’s own sources are not asked.')) }
const definition = researchTask(['whale_watch'], {
  title: 'Whales',
  script: { command: 'whales', args: [] },
  estimate: { seconds: 1, usd: 0.06 },
})

function run(find: CustomSources['find'] | undefined, attemptsLeft = 0) {
  return performResearch('whales', definition, {
    runId: 'run_1',
    instrument: 'BTC/USDT',
    sources: unasked,
    custom: find && { find },
    ids: idsFrom(1),
    now: () => 1_000,
    signal: new AbortController().signal,
    attemptsLeft,
    runBegan: 0,
    compute,
  })
}
const finding = (found: CustomFinding) => run(async () => found)

describe('a custom task', () => {
  it('gives evidence like any other, with a signal by its direction and confidence', async () => {
    const { evidence, usd, failed } = await finding({
      value: 12,
      direction: 'down',
      confidence: 0.8,
      summary: 'They sell.',
    })
    expect(evidence).toEqual([
      {
        id: expect.any(String),
        runId: 'run_1',
        task: 'whales',
        source: 'whale_watch',
        at: 1_000,
        status: 'value',
        asOf: 1_000,
        summary: 'They sell.',
        figures: { value: 12, signal: -0.8, strength: 0.8 },
        quality: 1,
      },
    ])
    expect(usd).toBe(0.06)
    expect(failed).toBeUndefined()
  })

  it('says nothing of direction where its source does not, and names its value all the same', async () => {
    const { evidence } = await finding({ value: 'calm' })
    expect(evidence[0]).toMatchObject({ summary: 'Whales is calm.', figures: { signal: 0, strength: 0 } })
  })

  it('is of the moment that its source says, but never of a later one than now', async () => {
    expect((await finding({ value: 1, asOf: 400 })).evidence[0]).toMatchObject({ asOf: 400 })
    expect((await finding({ value: 1, asOf: 4_000 })).evidence[0]).toMatchObject({ asOf: 1_000 })
  })

  it('is cited in the debate by the side that it speaks for', async () => {
    const { evidence } = await finding({ value: 12, direction: 'up', confidence: 0.9, summary: 'They buy.' })
    const told = await simulatedBriefing(1)
    const heard = { ...told, dossier: { ...told.dossier, evidence: [...evidence] } }
    expect(argue('bull', heard, 1, []).argument.points.map((point) => point.evidence)).toEqual([[evidence[0]?.id]])
    expect(argue('bear', heard, 1, []).argument.points).toEqual([])
  })

  it('is unavailable with the reason, costs nothing and fails when its source cannot answer', async () => {
    const broken = () => Promise.reject(new ParleyError('SOURCE_UNAVAILABLE', 'It is closed.'))
    const { evidence, usd, failed } = await run(broken)
    expect(evidence[0]).toMatchObject({ status: 'unavailable', code: 'SOURCE_UNAVAILABLE', reason: 'It is closed.' })
    expect([usd, failed?.message]).toEqual([0, 'It is closed.'])
  })

  it('is tried again while there are attempts, if that may help', async () => {
    const busy = () => Promise.reject(new ParleyError('SOURCE_UNAVAILABLE', 'Busy.', { retry: 'retryable' }))
    await expect(run(busy, 1)).rejects.toMatchObject({ message: 'Busy.' })
    expect((await run(busy, 0)).evidence[0]?.status).toBe('unavailable')
  })

  it('is not run where time is not the real one, and says so', async () => {
    expect((await run(undefined)).evidence[0]).toMatchObject({
      status: 'unavailable',
      reason: expect.stringMatching(/real time/),
    })
  })
})
