import { describe, expect, it } from 'vitest'
import { planHash } from '#engine/tasks/plan-hash.ts'
import { sha256 } from '#main/compose/system.ts'
import { sleep } from '#shared/lib/clock.ts'
import { decimal, multiply } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { deskWithSources, refusing, type Ways } from '#test/builders/slow-sources.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const { replanning } = shippedPlanning
const noOnchain: Ways = { onchain: refusing, coingecko: refusing }

async function decided(given: Parameters<typeof deskWithSources>[0] = {}, about: Partial<typeof goal> = {}) {
  const desk = deskWithSources(given)
  await desk.start()
  const memory = await desk.decide(about)
  const said = memory.messages.filter(({ kind }) => kind === 'system').map(({ text }) => text)
  const seqOf = (kind: string, stepId: string) =>
    desk.records.find((record) => record.kind === kind && (record.data as { stepId?: string }).stepId === stepId)
      ?.seq ?? 0
  return { ...desk, memory, said, seqOf, watch: desk.queries.getWatch(memory.runId) }
}

describe('a run that goes as planned', () => {
  it('is left alone: nothing is changed, nothing called out, nothing said', async () => {
    const { memory, watch, said } = await decided()
    expect(memory.ended?.status).toBe('completed')
    expect(watch).toEqual({ divergences: [], replans: [], alerts: [], pace: [], paused: null })
    expect(said.filter((text) => !text.startsWith('Filled'))).toEqual([])
    expect(memory.plan).toEqual(memory.planned)
  })
})

describe('research that fails', () => {
  it('is stood in for by other research before the dossier is validated, and the trader is told why', async () => {
    const { memory, watch, said, seqOf, queries } = await decided({ ways: noOnchain })
    const [replan] = watch.replans
    expect(replan).toMatchObject({
      strategy: 'repair',
      changes: [{ kind: 'replaced', step: 'liquidity_analysis', instead: 'onchain_metrics' }],
      triggers: [{ kind: 'failure', about: 'onchain_metrics' }],
    })
    expect(said).toEqual([replan?.sentence])
    expect(replan?.sentence).toBe(
      'Replanned: On-chain metrics failed, so Liquidity analysis stands in for On-chain metrics. The run ends 45 s after its start, as before.',
    )
    expect(seqOf('stepSucceeded', 'liquidity_analysis')).toBeLessThan(seqOf('stepStarted', 'validate'))
    expect(memory.evidence.some(({ task, status }) => task === 'liquidity_analysis' && status === 'value')).toBe(true)
    const run = queries.getRun(memory.runId)
    expect(run?.steps.find(({ id }) => id === 'liquidity_analysis')?.state).toBe('succeeded')
    expect(run?.steps.find(({ id }) => id === 'onchain_metrics')?.state).toBe('failed')
    expect(run?.plan.hash).toBe(planHash(run?.plan.steps ?? [], sha256))
    expect(run?.plan.hash).not.toBe(memory.planned.hash)
  })

  it('is not stood in for by research that asks the same sources, nor when no replan is allowed, and that is said', async () => {
    const { watch } = await decided({ ways: noOnchain, planning: { replanning: { ...replanning, maxReplans: 0 } } })
    expect(watch.replans).toEqual([])
    expect(watch.divergences).toMatchObject([{ answer: expect.stringContaining('may be no more') }])
    const { tasks } = shippedPlanning
    const only = { ...tasks, liquidity_analysis: { ...tasks['onchain_metrics'], title: 'The same again' } }
    const same = await decided({ ways: noOnchain, planning: { tasks: only as typeof tasks } })
    expect(same.watch.replans.flatMap(({ changes }) => changes).map(({ step }) => step)).not.toContain(
      'liquidity_analysis',
    )
  })

  it('a plan is changed at most so often in one run', async () => {
    const ways: Ways = {
      ...noOnchain,
      macro_data: refusing,
      fear_greed: refusing,
      historical_data: refusing,
      news: refusing,
      social: refusing,
    }
    const { watch, memory } = await decided({ ways })
    expect(watch.replans).toHaveLength(replanning.maxReplans)
    expect(memory.ended?.status).toBe('completed')
  })
})

describe('research that the trader asks for while a run is under way', () => {
  it('is a new goal: the plan is changed for it, and the dossier waits for it', async () => {
    const desk = deskWithSources({ ways: { news: 10, historical_data: 5, orderbook: 12 } })
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    await pass(desk.clock, 1_000)
    await settle(desk.clock, desk.kernel.runs.addResearch(run.runId, 'liquidity_analysis', trader))
    const memory = await settle(desk.clock, run.ended)
    expect(memory.replans).toMatchObject([
      {
        triggers: [{ kind: 'goal' }],
        changes: [{ kind: 'added', step: 'liquidity_analysis' }],
        sentence: expect.stringMatching(/^Replanned: the trader asked for more, so Liquidity analysis is added\./),
      },
    ])
    expect(memory.evidence.some(({ task, status }) => task === 'liquidity_analysis' && status === 'value')).toBe(true)
    const traceOf = (id: string) => memory.trace.steps.find((step) => step.id === id)
    const endedAt = traceOf('liquidity_analysis')?.endedAt ?? Number.POSITIVE_INFINITY
    expect(traceOf('validate')?.attempts[0]?.startedAt).toBeGreaterThanOrEqual(endedAt)
    expect(memory.ended?.status).toBe('completed')
  })

  it('is refused once the dossier is validated, and for a task that is not there', async () => {
    const desk = deskWithSources()
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    const asking = (task: string) => desk.kernel.runs.addResearch(run.runId, task, trader)
    await expect(asking('nothing')).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
    await passUntil(desk.clock, () => desk.records.some(({ kind }) => kind === 'dossierValidated'))
    await expect(asking('liquidity_analysis')).rejects.toMatchObject({ code: 'RESEARCH_OVER' })
    await settle(desk.clock, run.ended)
  })
})

describe('a deadline in danger', () => {
  const slow: Ways = { news: 30, historical_data: 25, macro_data: 20, onchain: 20 }

  it('lets go of the least needed research that has not begun, and the run ends sooner', async () => {
    const { memory, watch, said, queries } = await decided({ ways: slow }, { deadlineSeconds: 40 })
    const dropped = watch.replans.flatMap(({ changes }) => changes).map(({ kind, step }) => [kind, step])
    expect(dropped).toContainEqual(['dropped', 'keyword_extraction'])
    const [{ secondsAfter, secondsBefore } = { secondsAfter: 99, secondsBefore: 0 }] = watch.replans
    expect(secondsAfter).toBeLessThan(secondsBefore)
    expect(secondsAfter).toBeLessThanOrEqual(40)
    const skipped = queries.getRun(memory.runId)?.steps.find(({ id }) => id === 'keyword_extraction')
    expect(skipped).toMatchObject({
      state: 'skipped',
      reason: expect.stringContaining('Keyword extraction is dropped'),
    })
    expect(said[0]).toMatch(
      /^Replanned: what is left did not fit before the deadline, so .*Keyword extraction.* left out\./,
    )
    expect(memory.ended?.status).toBe('completed')
  })

  it('keeps the critical research and as many sources as the profile wants, however late it is', async () => {
    const { memory, queries } = await decided({ ways: slow }, { deadlineSeconds: 1 })
    const states = new Map(queries.getRun(memory.runId)?.steps.map(({ id, state }) => [id, state]))
    for (const { id, priority, action } of memory.planned.steps) {
      if (action === 'research' && priority === 'critical') expect([id, states.get(id)]).toEqual([id, 'succeeded'])
    }
    expect(memory.validation?.sources).toBeGreaterThanOrEqual(shippedPlanning.profiles.balanced.minimumSources)
  })
})

describe('a price that runs away while the desk deliberates', () => {
  it('makes seconds count: research of less worth that has not begun is left out', async () => {
    const { watch, said } = await decided({
      ways: { news: 30, historical_data: 25, macro_data: 20, onchain: 20, social: 30 },
      wrapFeed: (feed, clock) => ({
        ...feed,
        quote(instrument) {
          const quote = feed.quote(instrument)
          const risen = clock.now() > Date.UTC(2026, 5, 1, 9, 0, 5)
          return quote && risen ? { ...quote, last: multiply(quote.last, decimal('1.03')) } : quote
        },
      }),
    })
    expect(watch.replans).toMatchObject([{ triggers: [{ kind: 'opportunity', about: 'price' }] }])
    expect(watch.replans[0]?.changes.every(({ kind }) => kind === 'dropped')).toBe(true)
    expect(said[0]).toMatch(/^Replanned: the price has risen by 3\.\d % since the run began, so .* left out\./)
  })
})

describe('alerts', () => {
  const alertsFor = async (given: Parameters<typeof deskWithSources>[0]) => (await decided(given)).watch.alerts

  it('more than 30 % failed, more than 90 s, more than 5 % timed out: each is called out once', async () => {
    const alerts = await alertsFor({
      ways: { news: 200, onchain: refusing, coingecko: refusing, macro_data: refusing, fear_greed: refusing },
    })
    expect(alerts.map(({ kind }) => kind).toSorted()).toEqual(['failures', 'time', 'timeouts'])
    for (const { value, threshold, sentence, instrument } of alerts) {
      expect(value).toBeGreaterThan(threshold)
      expect(sentence).toContain('more than')
      expect(instrument).toBe(goal.instrument)
    }
  })

  it('a run that costs more than the threshold is called out', async () => {
    const alerts = await alertsFor({ planning: { alerts: { ...shippedPlanning.alerts, usd: 0.1 } } })
    expect(alerts).toMatchObject([{ kind: 'cost', threshold: 0.1 }])
  })
})

describe('a source that is asked too often', () => {
  const limited = new ParleyError('SOURCE_UNAVAILABLE', 'Too many requests.', {
    retry: 'retryable',
    details: { rateLimited: true, retryAfterMs: 2_000 },
  })

  it('makes the run ask less at once, then more again as answers are good; both are told', async () => {
    const { records, said, memory } = await decided({ ways: { onchain: limited, coingecko: limited } })
    const paces = records.flatMap((record) => (record.kind === 'paceChanged' ? [record.data.pace] : []))
    expect(paces[0]).toEqual({ pool: 'research', limit: 1, most: 3 })
    expect(paces.some(({ limit }, index) => limit > (paces[index - 1]?.limit ?? 3))).toBe(true)
    expect(said).toContain('A source asks for patience: 1 of 3 research tasks at once from now on.')
    const retried = records.flatMap((record) => (record.kind === 'stepRetried' ? [record.data.delayMs] : []))
    for (const delayMs of retried) expect(delayMs).toBeGreaterThanOrEqual(2_000)
    expect(memory.ended?.status).toBe('completed')
  })
})

describe('an agent that answers after its time', () => {
  it('is recorded and dropped: its step has failed by then, and nothing of it is in the dossier', async () => {
    const { tasks } = shippedPlanning
    const momentum = { ...tasks['historical_patterns'], timeoutSeconds: 5, retries: 0 } as (typeof tasks)[string]
    const clock = createVirtualClock(Date.UTC(2026, 5, 1, 9))
    const desk = deskWithSources({
      clock,
      // It does not listen when it is told to stop.
      wrapBus: (inner) => ({
        ...inner,
        respond: (topic, answer, limits) =>
          inner.respond(
            topic,
            async (body) => {
              const { action, input } = body as { action: string; input: { task?: string } }
              const isSlow = action === 'research' && input.task === 'historical_patterns'
              if (isSlow) await sleep(clock, 20_000, new AbortController().signal)
              return answer(body, new AbortController().signal)
            },
            limits,
          ),
      }),
      planning: { tasks: { ...tasks, historical_patterns: momentum } },
    })
    await desk.start()
    const memory = await desk.decide()
    await pass(desk.clock, 60_000)
    const late = desk.records.filter(({ kind }) => kind === 'stepAnsweredLate')
    expect(late.map(({ data }) => data)).toMatchObject([
      { stepId: 'historical_patterns', attempt: 1, what: expect.stringContaining('at a cost of $0.04') },
    ])
    expect(desk.queries.getRun(memory.runId)?.steps.find(({ id }) => id === 'historical_patterns')).toMatchObject({
      state: 'failed',
      usd: 0.04,
    })
    expect(desk.queries.listEvidence(memory.runId).map(({ task }) => task)).not.toContain('historical_patterns')
  })
})

describe('a run that the trader pauses', () => {
  const stateOf = (desk: ReturnType<typeof deskWithSources>, runId: string, stepId: string) =>
    desk.queries.getRun(runId)?.steps.find(({ id }) => id === stepId)?.state

  it('ends what is under way, begins nothing more, and goes on where it was; its own time stands still', async () => {
    const desk = deskWithSources({ ways: { news: 10, historical_data: 5 } })
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    await pass(desk.clock, 1_000)
    await settle(desk.clock, desk.kernel.runs.pause(run.runId, 'The phone.', trader))
    const begun = () => desk.records.filter(({ kind }) => kind === 'stepStarted').length
    const before = begun()
    await pass(desk.clock, 300_000)
    expect(begun()).toBe(before)
    expect(stateOf(desk, run.runId, 'market_sentiment')).toBe('succeeded')
    expect(desk.queries.getWatch(run.runId).paused).toMatchObject({ reason: 'The phone.' })
    expect(desk.kernel.runs.forecast(run.runId)?.endsAt).toBeNull()
    await settle(desk.clock, desk.kernel.runs.unpause(run.runId, trader))
    const memory = await settle(desk.clock, run.ended)
    expect(memory.ended?.status).toBe('completed')
    const watch = desk.queries.getWatch(run.runId)
    expect(watch).toMatchObject({ paused: null, alerts: [], divergences: [], replans: [] })
    expect(memory.messages.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringContaining('The phone.'), 'The run goes on.']),
    )
  })

  it('can be cancelled meanwhile', async () => {
    const desk = deskWithSources({ ways: { news: 10 } })
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    await settle(desk.clock, desk.kernel.runs.pause(run.runId, 'The phone.', trader))
    desk.kernel.runs.cancel(run.runId, 'enough')
    expect((await settle(desk.clock, run.ended)).ended).toEqual({ status: 'cancelled', reason: 'enough' })
    expect(desk.queries.getWatch(run.runId).paused).toBeNull()
    await expect(desk.kernel.runs.pause(run.runId, 'again', trader)).rejects.toMatchObject({ code: 'RUN_NOT_ACTIVE' })
  })
})

describe('watching', () => {
  it('a clock that is set makes no run late', async () => {
    const desk = deskWithSources({ ways: { news: 20 } })
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    await pass(desk.clock, 5_000)
    desk.clock.jump(3_600_000)
    const memory = await settle(desk.clock, run.ended)
    expect(desk.queries.getWatch(memory.runId).alerts).toEqual([])
    expect(memory.replans).toEqual([])
  })

  it('a run that is cancelled is not thought over any more', async () => {
    const desk = deskWithSources({ ways: { ...noOnchain, news: 20 } })
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, trader))
    await pass(desk.clock, 2_000)
    const before = desk.records.length
    desk.kernel.runs.cancel(run.runId, 'enough')
    await settle(desk.clock, run.ended)
    const kinds = desk.records.slice(before).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind.startsWith('plan') || kind === 'alertRaised')).toEqual([])
  })
})
