import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeskEvent } from '#shared/domain/event.ts'
import { type MemorySearch, memorySearchSchema, recentRuns, rememberedRunSchema } from '#shared/domain/memory.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { openJournal } from '#store/journal.ts'
import { deskEntry } from '#test/builders/events.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { createQueries, deskProjections } from './index.ts'

const plan = { id: 'plan_1', steps: [] } as unknown as Plan

function openDesk() {
  const journal = openJournal(journalOptions({ projections: deskProjections }))
  const queries = createQueries(journal.database)
  const say = (agent: string, ...events: readonly DeskEvent[]) =>
    journal.append(...events.map((event) => ({ ...event, actor: { kind: 'agent' as const, id: agent } })))
  const search = async (about: Partial<MemorySearch> = {}) =>
    (await queries.searchMemory(memorySearchSchema.parse(about))).map(({ text }) => text)
  return { journal, queries, say, search }
}
type OpenDesk = ReturnType<typeof openDesk>

const begun = (runId: string, instrument = 'BTC/USDT'): DeskEvent => ({
  kind: 'runStarted',
  data: { runId, goal: { instrument, profile: 'balanced', policy: 'weighted' }, plan },
})
const ended = (runId: string): DeskEvent => ({ kind: 'runEnded', data: { runId, status: 'completed', reason: null } })
const found = (runId: string, summary: string, about: object = {}): DeskEvent => ({
  kind: 'evidenceGathered',
  data: {
    evidence: {
      id: `ev ${summary}`,
      runId,
      task: 'technical_analysis',
      source: 'price_data',
      at: 1,
      status: 'value',
      asOf: 1,
      summary,
      figures: {},
      quality: 1,
      ...about,
    } as never,
  },
})
const decided = (runId: string, reason: string): DeskEvent => ({
  kind: 'decisionMade',
  data: { decision: { id: 'dec', runId, action: 'buy', status: 'agreed', reason } as never },
})
const learned = (runId: string, lesson: string): DeskEvent => ({
  kind: 'outcomeMeasured',
  data: { outcome: { runId, decisionId: 'dec', lessons: [lesson] } as never },
})
const voted = (runId: string, voter: string, reason: string): DeskEvent => ({
  kind: 'ballotCast',
  data: {
    runId,
    ballot: {
      id: `${runId} ${voter}`,
      voter,
      choice: { kind: 'option', option: 'buy' },
      confidence: 0.62,
      reasons: [reason],
    } as never,
  },
})
const saw = (runId: string, regime: 'range' | 'crisis'): DeskEvent => ({
  kind: 'situationRead',
  data: { runId, situation: { instrument: 'BTC/USDT', at: 1, regime, features: {} } },
})

/** A run from its start to its end, with something known, decided and learned. */
async function wholeRun({ say }: OpenDesk, runId: string, instrument = 'BTC/USDT') {
  await say('researcher', begun(runId, instrument), found(runId, `${runId} knew`))
  await say('bear', voted(runId, 'bear', `${runId} voted`))
  await say('planner', decided(runId, `${runId} decided`))
  await say('evaluator', learned(runId, `${runId} learned`), ended(runId))
}

describe('memory', () => {
  it('has what was known, decided and learned, newest first, each with who it was', async () => {
    const desk = openDesk()
    await wholeRun(desk, 'one')
    const entries = await desk.queries.searchMemory(memorySearchSchema.parse({}))
    expect(entries.map(({ kind, agent, text }) => [kind, agent, text])).toEqual([
      ['learned', 'evaluator', 'one learned'],
      ['decided', 'planner', 'Agreed: buy. one decided'],
      ['decided', 'bear', 'Voted to buy, 62 % sure. one voted'],
      ['knew', 'researcher', 'one knew'],
    ])
  })

  it('is searched by words, instrument, regime, agent, kind and tier', async () => {
    const desk = openDesk()
    await wholeRun(desk, 'one')
    await desk.say('researcher', begun('two', 'ETH/USDT'), saw('two', 'crisis'), found('two', 'Funding is stretched.'))
    const { search } = desk
    expect(await search({ text: 'fund stretched' })).toEqual(['Funding is stretched.'])
    expect(await search({ text: '"stretched funding"' })).toEqual([])
    expect(await search({ instrument: 'ETH/USDT' })).toEqual(['Funding is stretched.'])
    expect(await search({ regime: 'crisis' })).toEqual(['Funding is stretched.'])
    expect(await search({ regime: 'range' })).toEqual([])
    expect(await search({ agent: 'bear' })).toEqual(['Voted to buy, 62 % sure. one voted'])
    expect(await search({ kind: 'learned' })).toEqual(['one learned'])
    expect(await search({ tier: 'run' })).toEqual(['Funding is stretched.'])
    expect(await search({ tier: 'recent', text: 'learned' })).toEqual(['one learned'])
    expect(await search({ limit: 1, before: 5 })).toEqual(['Agreed: buy. one decided'])
  })

  it('shows the words around what was looked for', async () => {
    const desk = openDesk()
    await desk.say('researcher', begun('one'), found('one', 'Funding is stretched.'))
    const [hit] = await desk.queries.searchMemory(memorySearchSchema.parse({ text: 'stretched' }))
    expect(hit?.excerpt).toEqual([
      { text: 'Funding is ', found: false },
      { text: 'stretched', found: true },
      { text: '.', found: false },
    ])
  })

  it('has of a step that was done again what it came to the second time', async () => {
    const desk = openDesk()
    await desk.say('researcher', begun('one'), found('one', 'first'), found('one', 'second'))
    expect(await desk.search()).toEqual(['second'])
    await desk.say('researcher', found('one', '', { status: 'unavailable', code: 'X', reason: 'gone' }))
    expect(await desk.search()).toEqual([])
    expect(await desk.search({ text: 'second' })).toEqual([])
  })

  it('keeps of a run that has ended what it was, whatever comes later', async () => {
    const desk = openDesk()
    await wholeRun(desk, 'one')
    const before = desk.queries.getRemembered('one')
    await desk.say('planner', decided('one', 'changed'), saw('one', 'crisis'), found('one', 'late'), ended('one'))
    expect(desk.queries.getRemembered('one')).toEqual(before)
  })

  it('lets go of what was known and of each vote in the archive; what was decided and learned stays', async () => {
    const desk = openDesk()
    for (let run = 0; run <= recentRuns; run++) await wholeRun(desk, `r${run}`)
    expect(desk.queries.getRemembered('r0')).toMatchObject({
      tier: 'archive',
      episode: { decision: { reason: 'r0 decided' } },
    })
    expect(await desk.search({ tier: 'archive' })).toEqual(['r0 learned', 'Agreed: buy. r0 decided'])
    expect(await desk.search({ text: 'r0', kind: 'knew' })).toEqual([])
    expect(desk.queries.getRemembered('r1')).toMatchObject({ tier: 'recent' })
    expect(await desk.search({ text: '"r1 knew"' })).toEqual(['r1 knew'])
  })

  it('has no run that nobody began', () => {
    expect(openDesk().queries.getRemembered('nobody')).toBeUndefined()
  })
})

describe('what a run may recall', () => {
  it('is what had ended, with a decision, before it began; newest first, as many as are asked for', async () => {
    const desk = openDesk()
    await wholeRun(desk, 'one')
    await wholeRun(desk, 'two', 'ETH/USDT')
    await desk.say('researcher', begun('undecided'), ended('undecided'), begun('beside', 'ETH/USDT'), begun('now'))
    await desk.say('planner', decided('beside', 'too late'), ended('beside'))
    const before = (limit: number) => desk.queries.episodesBefore('now', limit).map(({ runId }) => runId)
    expect(before(10)).toEqual(['two', 'one'])
    expect(before(1)).toEqual(['two'])
    expect(desk.queries.episodesBefore('nobody', 10)).toEqual([])
  })

  it('is the same whatever happens after its first record: no look-ahead', async () => {
    let recalled = 0
    await fc.assert(
      fc.asyncProperty(fc.array(runEvent, { minLength: 30, maxLength: 60 }), async (events) => {
        const after = await recalledAt(events)
        const known = new Set<string>()
        for (const [index, event] of events.entries()) {
          if (event.kind !== 'runStarted' || known.has(event.data.runId)) continue
          known.add(event.data.runId)
          const then = await recalledAt(events.slice(0, index + 1))
          expect(after(event.data.runId)).toEqual(then(event.data.runId))
          recalled += then(event.data.runId)?.length ?? 0
        }
      }),
      { numRuns: 40, seed: 7 },
    )
    expect(recalled).toBeGreaterThan(10)
  })

  it('and all else that memory answers is what the contract promises, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deskEntry, { maxLength: 60 }), async (entries) => {
        const { journal, queries } = openDesk()
        await journal.append(...entries)
        for (const { id } of queries.listRuns(10)) {
          const run = queries.getRemembered(id)
          expect(rememberedRunSchema.parse(run)).toEqual(run)
        }
        journal.close()
      }),
      { numRuns: 40 },
    )
  })
})

/** Whatever can happen to a run's memory, in any order. */
const runEvent: fc.Arbitrary<DeskEvent> = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('one', 'two', 'three'), fc.nat(5))
  .map(([runId, words, what]) => {
    const events = [
      begun(runId),
      saw(runId, words === 'one' ? 'range' : 'crisis'),
      decided(runId, words),
      learned(runId, words),
      found(runId, words),
      ended(runId),
    ]
    return events[what] ?? ended(runId)
  })

async function recalledAt(events: readonly DeskEvent[]) {
  const { journal, queries, say } = openDesk()
  await say('planner', ...events)
  const episodes = new Map(queries.listRuns(10).map(({ id }) => [id, queries.episodesBefore(id, 100)]))
  journal.close()
  return (runId: string) => episodes.get(runId)
}
