import { describe, expect, it } from 'vitest'
import { judgeByModel } from '#engine/agents/models/judge.ts'
import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { propose } from '#engine/agents/seats/propose.ts'
import type { LanguageModel, ModelRequest } from '#engine/ports/language-model.ts'
import { sha256 } from '#main/compose/system.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { ModelUse } from '#shared/domain/model.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { idsFrom, simulatedBriefing } from '#test/builders/briefing.ts'
import { deskKernel } from '#test/builders/desk-kernel.ts'

/** A model that answers as it is told, and keeps what it was asked. */
function modelThat(answer: (request: ModelRequest<unknown>) => unknown): LanguageModel & { asked: string[] } {
  const asked: string[] = []
  return {
    name: 'test',
    id: 'test-1',
    temperature: 0,
    mostUsd: 0.01,
    asked,
    async ask(request) {
      asked.push(request.text)
      const raw = JSON.stringify(await answer(request))
      return { answer: request.schema.parse(JSON.parse(raw)), raw, promptTokens: 900, answerTokens: 90, usd: 0.004 }
    },
  }
}

const inSeats = (model: LanguageModel, uses: Partial<Record<Seat, ModelUse[]>>): SeatModels =>
  new Map(Object.entries(uses).map(([seat, given]) => [seat as Seat, { model, uses: given }]))

async function decided(models: SeatModels) {
  const desk = deskKernel({ seed: 2, options: { models } })
  await desk.start()
  const memory = await desk.decide({ policy: 'simple-majority' })
  const calls = desk.records.flatMap((record) => (record.kind === 'modelAsked' ? [record.data] : []))
  return { ...desk, memory, calls }
}

/** The first id of evidence that a prompt holds. */
const citedIn = (text: string) => [/- (ev_\w+) /.exec(text)?.[1] ?? 'none']

describe('a language model in a seat', () => {
  it('votes beside the seat, with its reasons and evidence; what was asked and answered is in the journal by hash', async () => {
    const judged = (text: string) => ({ choice: 'hold', confidence: 0.8, reasons: ['Thin.'], evidence: citedIn(text) })
    const model = modelThat(({ text }) => judged(text))
    const { memory, calls, queries } = await decided(inSeats(model, { bear: ['ballot'] }))
    const own = memory.ballots.find(({ voter }) => voter === 'bear')
    const ballot = memory.ballots.find(({ voter }) => voter === 'bear.model')
    expect(own).toBeDefined()
    expect(ballot).toMatchObject({ choice: { kind: 'option', option: 'hold' }, confidence: 0.8, reasons: ['Thin.'] })
    expect(memory.evidence.map(({ id }) => id)).toContain(ballot?.evidence[0])
    expect(memory.tally?.absent).toEqual([])
    const asked = model.asked[0] ?? ''
    const [call] = calls
    expect(call).toMatchObject({
      stepId: 'ballot-bear',
      call: { seat: 'bear', name: 'test', usd: 0.004, failure: null },
    })
    expect(call?.call.answerHash).toBe(sha256(JSON.stringify(judged(asked))))
    expect(call?.call.promptHash).toMatch(/^[0-9a-f]{64}$/)
    const step = queries.getRun(memory.runId)?.plan.steps.find(({ id }) => id === 'ballot-bear')
    expect(step?.estimate.usd).toBeCloseTo(0.01)
    expect(queries.getRun(memory.runId)?.steps.find(({ id }) => id === 'ballot-bear')?.usd).toBe(0.004)
  })

  const failures: [string, LanguageModel, string][] = [
    [
      'fails',
      modelThat(() => {
        throw new ParleyError('MODEL_UNAVAILABLE', 'It cannot be reached.', { details: { usd: 0 } })
      }),
      'MODEL_UNAVAILABLE',
    ],
    [
      'cites what nobody gathered',
      modelThat(() => ({ choice: 'buy', confidence: 1, reasons: ['Sure.'], evidence: ['ev_made_up'] })),
      'EVIDENCE_INVENTED',
    ],
  ]
  it.each(failures)('that %s abstains, says by which error, and changes nothing else', async (_what, model, code) => {
    const without = await decided(new Map())
    const { memory, calls } = await decided(inSeats(model, { bull: ['ballot'] }))
    const ballot = memory.ballots.find(({ voter }) => voter === 'bull.model')
    expect(ballot).toMatchObject({ choice: { kind: 'abstain' }, reasons: [expect.stringContaining(code)] })
    expect(calls[0]?.call.failure?.code).toBe(code)
    expect(memory.decision?.action).toBe(without.memory.decision?.action)
  })

  it('says in its own words what the side argued; one that fails leaves the side its own words', async () => {
    const model = modelThat(({ text }) => ({ text: 'The breakout holds.', evidence: citedIn(text) }))
    const { memory } = await decided(inSeats(model, { bull: ['words'] }))
    expect(memory.messages).toContainEqual(
      expect.objectContaining({ agent: 'bull', kind: 'thought', text: 'The breakout holds.' }),
    )
    const mute = modelThat(() => ({}))
    const silent = await decided(inSeats(mute, { bull: ['words'] }))
    expect(silent.memory.ended?.status).toBe('completed')
    expect(silent.memory.debate).toEqual(
      expect.arrayContaining([expect.objectContaining({ side: 'bull', points: expect.any(Array) })]),
    )
  })

  it('AU-14 a prompt with a secret in it never leaves the desk', async () => {
    const model = modelThat(() => ({ choice: 'buy', confidence: 1, reasons: ['Sure.'], evidence: [] }))
    const briefing = await simulatedBriefing(3)
    const [proposal] = propose(briefing, null, [], idsFrom(1))
    if (proposal === undefined) throw new Error('The strategist proposes at least to hold.')
    const leaking = { ...proposal, objectives: ['my api_key = sk-live-0123456789abcdef0123'] }
    const { call, assessment } = await judgeByModel(
      { seat: 'bull', model, sha256 },
      {
        ...briefing,
        proposal: leaking,
        insight: null,
        debate: [],
        outcomes: [],
        portfolio: null,
        risk: null,
        recalled: [],
        outgoing: [],
      },
      new AbortController().signal,
    )
    expect(model.asked).toEqual([])
    expect(call).toMatchObject({ promptHash: null, failure: { code: 'PROMPT_WITHHELD' } })
    expect(assessment.choice).toEqual({ kind: 'abstain' })
    expect(call.failure?.message).not.toContain('sk-live')
  })
})
