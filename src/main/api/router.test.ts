import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRouterClient, ORPCError } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDesk } from '#main/compose/desk.ts'
import { contract } from '#shared/contract/index.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { errorCode } from '#shared/lib/error.ts'
import { makeHome, temporaryHome } from '#test/builders/home.ts'
import { testTime } from '#test/builders/test-time.ts'
import type { Desk } from './desk.ts'

const csv = (rows: number) =>
  [
    'time,open,high,low,close,volume',
    ...Array.from({ length: rows }, (_, day) => {
      const time = new Date(Date.UTC(2024, 0, 1 + day)).toISOString()
      return `${time},100,110,90,${100 + (day % 7)},5`
    }),
  ].join('\n')

const cipher = {
  weakness: null,
  encrypt: (text: string) => Buffer.from(Buffer.from(text).toString('hex')),
  decrypt: (encrypted: Buffer) => Buffer.from(encrypted.toString(), 'hex').toString(),
}
const clientOf = (desk: Desk) => createRouterClient(desk.router, { context: { caller: 'window' } })
type Client = ReturnType<typeof clientOf>

/** The procedures that were called, as noun.verb. */
const called = new Set<string>()

function counted(client: Client): Client {
  return new Proxy(client, {
    get: (nouns, noun: string) =>
      new Proxy(nouns[noun as keyof Client], {
        get(verbs, verb: string) {
          called.add(`${noun}.${verb}`)
          return verbs[verb as never]
        },
      }),
  })
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'no error'
  } catch (error) {
    return error instanceof ORPCError ? error.code : errorCode(error)
  }
}

describe('the API over a whole desk', () => {
  let desk: Desk
  let api: Client
  const home = makeHome()
  beforeAll(async () => {
    // Every run that costs anything is called out.
    writeFileSync(join(home, 'planning.yaml'), 'alerts: { usd: 0 }\n')
    desk = await createDesk({ home, coolDownMs: 0, cipher, ...testTime() })
    api = counted(clientOf(desk))
    await desk.start()
  })
  afterAll(async () => {
    await desk.stop('the test is over')
    rmSync(home, { recursive: true, force: true })
  })

  it('tells its status', async () => {
    expect(await api.system.status()).toMatchObject({
      mode: 'paper',
      account: { id: 'paper', currency: 'USDT', cash: '100000', equity: '100000', dayStartEquity: '100000' },
      dayPnl: '0',
      latch: { state: 'ACTIVE', epoch: 1 },
      stop: null,
      broker: { connected: true },
      stopShortcut: { state: 'not available' },
      activeRunId: null,
      deadLetters: 0,
    })
    expect(await api.system.agents()).toHaveLength(12)
    expect(await api.system.deadLetters()).toEqual([])
    expect(await api.system.viewRecords()).toEqual([])
  })

  it('shows the market; what is typed for an instrument is understood, and what is not there says what is', async () => {
    const instruments = await api.market.instruments()
    expect(instruments.map(({ id }) => id)).toContain('BTC/USDT')
    expect(await api.market.quotes()).toHaveLength(instruments.length)
    const bars = await api.market.bars({ instrument: 'btc-usdt', timeframe: '1d', limit: 30 })
    expect(bars).toHaveLength(30)
    expect(bars.map(({ time }) => time)).toEqual(bars.map(({ time }) => time).toSorted((a, b) => a - b))
    const [first] = bars
    const earlier = await api.market.bars({
      instrument: 'BTC/USDT',
      timeframe: '1d',
      limit: 5,
      before: first?.time ?? 0,
    })
    expect(earlier.at(-1)?.time).toBeLessThan(first?.time ?? 0)
    const asked = api.market.bars({ instrument: 'XYZ', timeframe: '1d' })
    await expect(asked).rejects.toMatchObject({
      code: 'INSTRUMENT_NOT_FOUND',
      wayOut: expect.stringContaining('BTC/USDT'),
    })
  })

  it('streams a bar and a quote at once', async () => {
    const stream = await api.market.watch({ instrument: 'BTC/USDT', timeframe: '1m' })
    for await (const { bar, quote } of stream) {
      expect(bar?.close).toBeGreaterThan(0)
      expect(quote?.instrument).toBe('BTC/USDT')
      break
    }
  })

  it('imports all of a file or nothing of it', async () => {
    const importing = api.market.import({ file: '/somewhere/gold.csv', text: csv(80), instrument: 'GOLD/USD' })
    const ended = new AbortController()
    const told: (readonly { file: string; share: number }[])[] = []
    const following = (async () => {
      for await (const imports of await api.market.importing(undefined, { signal: ended.signal })) told.push(imports)
    })()
    const good = await importing
    await expect.poll(() => told.some((imports) => imports.length > 0) && told.at(-1)).toEqual([])
    ended.abort()
    await following
    expect(good).toMatchObject({ file: 'gold.csv', instrument: 'GOLD/USD', timeframe: '1d', bars: 80, replaced: 0 })
    const again = await api.market.import({ file: 'gold.csv', text: csv(90), instrument: 'GOLD/USD' })
    expect(again).toMatchObject({ bars: 90, replaced: 80 })
    const broken = `${csv(95)}\n2024-12-01T00:00:00Z,1,2,abc,4,5`
    expect(await codeOf(api.market.import({ file: 'gold.csv', text: broken, instrument: 'GOLD/USD' }))).toMatch(/^CSV_/)
    const after = await api.market.import({ file: 'gold.csv', text: csv(95), instrument: 'GOLD/USD' })
    expect(after.replaced).toBe(90)
    const from = Date.UTC(2024, 0, 1)
    expect(await api.market.imported()).toEqual([
      { instrument: 'GOLD/USD', timeframe: '1d', bars: 95, from, to: from + 94 * 86_400_000, file: 'gold.csv' },
    ])
    const records = await api.journal.read({ limit: 1_000 })
    expect(records.filter(({ kind }) => kind === 'barsImported')).toHaveLength(3)
  })

  it('KS-19 the venue’s timer is off until the trader switches it on, and its state is in the status', async () => {
    expect((await api.system.status()).deadManSwitch).toMatchObject({ supported: true, on: false, armedUntil: null })
    await api.settings.change({ deadManSwitch: true })
    expect((await api.system.status()).deadManSwitch).toMatchObject({ on: true })
    await api.settings.change({ theme: 'light' })
    expect((await api.settings.get()).settings.deadManSwitch).toBe(true)
    await api.settings.change({ deadManSwitch: false })
    expect((await api.system.status()).deadManSwitch).toMatchObject({ on: false })
  })

  it('keeps the settings, says when a start is needed, and refuses a feed that could not be started', async () => {
    const { settings, home: folder } = await api.settings.get()
    expect(settings.feed).toEqual({ kind: 'simulated', seed: 7 })
    expect(folder).toBe(home)
    expect(await api.settings.change({ theme: 'light' })).toMatchObject({
      restartNeeded: false,
      settings: { theme: 'light' },
    })
    const replay = { kind: 'replay', instrument: 'SILVER/USD', speed: 60 } as const
    await expect(api.settings.change({ feed: replay, theme: 'contrast' })).rejects.toMatchObject({
      code: 'FEED_NO_BARS',
      wayOut: expect.stringContaining('parley import'),
    })
    expect((await api.settings.get()).settings).toMatchObject({ theme: 'light', feed: { kind: 'simulated' } })
    await api.market.import({ file: 'silver.csv', text: csv(70), instrument: 'SILVER/USD' })
    expect(await api.settings.change({ feed: replay })).toMatchObject({ restartNeeded: true })
    expect(await api.settings.change({ feed: settings.feed })).toMatchObject({ restartNeeded: true })
  })

  it('EL-8 keeps and forgets the keys that are asked for, journals their names, and never says one', async () => {
    const { weakness, keys } = await api.settings.keys()
    expect(weakness).toBeNull()
    const name = keys.find(({ place }) => place === 'missing')?.name ?? ''
    const placeIn = (answer: typeof keys) => answer.find((key) => key.name === name)?.place
    const kept = await api.settings.keepKey({ name, key: ' fr-47-11 ' })
    expect(placeIn(kept.keys)).toBe('kept')
    expect(await codeOf(api.settings.keepKey({ name: 'NOBODY_ASKED', key: 'fr-47-11' }))).toBe('KEY_UNKNOWN')
    expect(placeIn((await api.settings.forgetKey({ name })).keys)).toBe('missing')
    const records = await api.journal.read({ limit: 1_000 })
    const about = records.filter(({ kind }) => kind === 'keyKept' || kind === 'keyForgotten')
    expect(about.map(({ kind, data }) => [kind, data])).toEqual([
      ['keyKept', { name }],
      ['keyForgotten', { name }],
    ])
    expect(JSON.stringify([kept, records])).not.toContain('fr-47-11')
  })

  it('tells how it plans, and what the data folder changes of it', async () => {
    const { planning, file, overrides } = await api.settings.planning()
    expect(planning.profiles.balanced.parallel).toBe(3)
    expect([file, overrides]).toEqual([
      join(home, 'planning.yaml'),
      [{ path: ['alerts', 'usd'], value: 0, shipped: 0.3 }],
    ])
  })

  it('starts a run from the settings, shows all that is known of it, and cancels it', async () => {
    const { id, goal, status } = await api.runs.start({ instrument: 'btcusdt' })
    expect({ goal, status }).toEqual({
      goal: { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' },
      status: 'running',
    })
    expect(await codeOf(api.runs.start({ instrument: 'BTC/USDT' }))).toBe('RUN_ACTIVE')
    expect(await codeOf(api.runs.start({ instrument: 'nothing' }))).toBe('INSTRUMENT_NOT_FOUND')
    const other = await api.runs.start({ instrument: 'ETH/USDT', profile: 'aggressive', policy: 'unanimous' })
    expect((await api.runs.list({})).map((run) => run.id)).toEqual([other.id, id])
    const run = await api.runs.get({ runId: id })
    expect(run.steps).toHaveLength(run.plan.steps.length)
    expect(await api.runs.vote({ runId: id })).toMatchObject({ policy: { rule: { kind: 'weighted' } }, decision: null })
    for (const { runId } of await api.runs.messages({ runId: id })) expect(runId).toBe(id)
    for (const { runId } of await api.runs.evidence({ runId: id })) expect(runId).toBe(id)
    const watched = await api.runs.monitor({ runId: id })
    expect(watched).toMatchObject({ divergences: [], replans: [], alerts: [], pace: [], paused: null })
    expect(watched.forecast?.endsAt).toBeGreaterThan(run.startedAt)
    expect(watched.goals).toContainEqual({ goal: 'a decision on BTC/USDT', state: 'open', why: null, causes: [] })
    expect(await api.runs.pause({ runId: id, reason: 'A moment.' })).toMatchObject({ id, status: 'running' })
    expect((await api.runs.monitor({ runId: id })).paused).toMatchObject({ reason: 'A moment.' })
    expect(await codeOf(api.runs.addResearch({ runId: id, task: 'nothing' }))).toBe('TASK_UNKNOWN')
    expect(await api.runs.resume({ runId: id })).toMatchObject({ id, status: 'running' })
    expect((await api.runs.monitor({ runId: id })).paused).toBeNull()
    for await (const alert of await api.alerts.watch({ after: 0 })) {
      expect(alert).toMatchObject({ kind: 'cost', threshold: 0, sentence: expect.stringContaining('more than $0.00') })
      break
    }
    const alerts = await api.alerts.list({})
    expect(alerts.map(({ runId, instrument }) => ({ runId, instrument }))).toContainEqual({
      runId: alerts[0]?.runId === id ? id : other.id,
      instrument: alerts[0]?.runId === id ? 'BTC/USDT' : 'ETH/USDT',
    })
    for (const { attempts } of await api.runs.estimates()) expect(attempts).toBe(1)
    const [said] = await api.conversations.say({ runId: id, remark: { intent: 'object', text: 'Not tonight.' } })
    expect(said).toMatchObject({ agent: 'trader', kind: 'human', text: 'Not tonight.' })
    const [hit] = await api.conversations.search({ text: 'tonight', instrument: 'BTC/USDT' })
    expect(hit).toMatchObject({ message: said, instrument: 'BTC/USDT' })
    const [known] = await api.memory.search({ text: 'tonight', instrument: 'BTC/USDT', tier: 'run' })
    expect(known).toMatchObject({ runId: id, kind: 'knew', agent: 'trader', text: 'Not tonight.' })
    expect((await api.memory.get({ runId: id })).entries).toContainEqual(expect.objectContaining({ seq: known?.seq }))
    expect(await codeOf(api.memory.get({ runId: 'run_none' }))).toBe('RUN_NOT_FOUND')
    expect(await codeOf(api.conversations.say({ runId: 'run_none', remark: { intent: 'object', text: 'No' } }))).toBe(
      'RUN_NOT_FOUND',
    )
    await api.runs.cancel({ runId: id, reason: 'enough' })
    await api.runs.cancel({ runId: other.id, reason: 'enough' })
    await expect.poll(async () => (await api.runs.get({ runId: id })).status).toBe('cancelled')
    expect(await codeOf(api.runs.cancel({ runId: id, reason: 'again' }))).toBe('RUN_NOT_ACTIVE')
    for (const asked of [
      api.runs.get({ runId: 'run_none' }),
      api.runs.cancel({ runId: 'run_none', reason: 'x' }),
      api.runs.vote({ runId: 'run_none' }),
      api.runs.monitor({ runId: 'run_none' }),
      api.runs.pause({ runId: 'run_none', reason: 'x' }),
      api.runs.resume({ runId: 'run_none' }),
    ]) {
      expect(await codeOf(asked)).toBe('RUN_NOT_FOUND')
    }
  })

  it('offers ways to decide, and starts a run with the one that is chosen', async () => {
    const { choices, complete } = await api.runs.choices({ instrument: 'solusdt', profile: 'balanced' })
    expect(complete).toBe(true)
    const { leaveOut = [], slots = 0 } = choices.find(({ marks }) => marks.includes('cheapest')) ?? {}
    const chosen = await api.runs.start({ instrument: 'SOL/USDT', leaveOut, slots })
    expect(chosen.goal).toMatchObject({ instrument: 'SOL/USDT', leaveOut, slots })
    expect((await api.runs.get({ runId: chosen.id })).plan.slots).toEqual({ research: slots })
    await api.runs.cancel({ runId: chosen.id, reason: 'Only looking.' })
    await expect.poll(async () => (await api.runs.get({ runId: chosen.id })).status).toBe('cancelled')
    expect(await codeOf(api.runs.start({ instrument: 'SOL/USDT', leaveOut: ['market_sentiment'] }))).toBe(
      'TASK_NOT_OPTIONAL',
    )
  })

  it('KS-1 stops with one call, reduces, and re-arms only with everything typed out', async () => {
    const stopped = await api.trading.stop({})
    expect(stopped.latch).toMatchObject({ state: 'HALTED', level: 2, by: 'trader', reason: 'Stopped by the trader' })
    expect(stopped.progress).toMatchObject({ cancelsRequested: 0, stillLive: [] })
    expect((await api.system.status()).stop).toEqual(stopped.progress)
    expect(await codeOf(api.runs.start({ instrument: 'BTC/USDT' }))).toBe('TRADING_HALTED')
    expect(await codeOf(api.trading.rearm({ reason: 'short', account: 'x', mode: 'live' }))).toBe('REARM_REFUSED')
    expect((await api.trading.reduce({ reason: 'by hand' })).state).toBe('REDUCING')
    const typed = { reason: 'I have looked at it', account: 'paper', mode: 'paper' }
    expect((await api.trading.rearm(typed)).state).toBe('ACTIVE')
    const records = await api.journal.read({ limit: 1_000 })
    expect(records.filter(({ kind }) => kind === 'tradingStateChanged')).toHaveLength(3)
  })

  it('lists orders, fills and positions, and knows no order that is not there', async () => {
    expect(await api.trading.orders({})).toEqual([])
    expect(await api.trading.fills({ instrument: 'BTC/USDT' })).toEqual([])
    expect(await api.trading.positions()).toEqual([])
    expect(await api.trading.reconcile()).toMatchObject({ adjusted: [], inDoubt: [], positions: [] })
    expect(await api.trading.working()).toEqual([])
    expect(await api.trading.ended({})).toEqual({ orders: [], hasMore: false })
    expect(await codeOf(api.trading.order({ clientOrderId: 'nobody' }))).toBe('ORDER_NOT_FOUND')
    expect(await codeOf(api.trading.change({ clientOrderId: 'nobody', limitPrice: decimal(1) }))).toBe(
      'ORDER_NOT_FOUND',
    )
    expect(await codeOf(api.trading.change({ clientOrderId: 'nobody' }))).toBe('BAD_REQUEST')
    expect(await api.trading.cancelAll({})).toEqual({ asked: [] })
    expect(await codeOf(api.trading.cancel({ clientOrderId: 'nobody' }))).toBe('ORDER_NOT_FOUND')
    expect(await api.trading.reports({ limit: 5 })).toEqual([])
    expect(await codeOf(api.trading.report({ clientOrderId: 'nobody' }))).toBe('ORDER_NOT_FOUND')
    expect(await api.trading.parents({})).toEqual([])
    expect(await codeOf(api.trading.parent({ parentId: 'nobody' }))).toBe('PARENT_ORDER_NOT_FOUND')
    expect(await codeOf(api.trading.parentReport({ parentId: 'nobody' }))).toBe('PARENT_ORDER_NOT_FOUND')
    expect(await codeOf(api.trading.cancelParent({ parentId: 'nobody' }))).toBe('PARENT_ORDER_NOT_FOUND')
    const close = { key: 'a wish of mine', instrument: 'BTC/USDT', reason: 'Enough' }
    expect(await codeOf(api.trading.close(close))).toBe('POSITION_NOT_FOUND')
  })

  it('measures risk and allocation, of nothing too', async () => {
    const risk = await api.portfolio.risk()
    expect(risk).toMatchObject({ currency: 'USDT', gross: 0, unavailable: 'Nothing is held.', tails: [] })
    expect(risk.limits.map(({ limit }) => limit)).toContain('value-at-risk')
    const allocation = await api.portfolio.allocation({ goal: 'minimum-variance' })
    expect(allocation).toMatchObject({ goal: 'minimum-variance', invested: 0, here: null, trades: [] })
    expect(allocation.frontier.length).toBeGreaterThan(10)
    expect((await api.portfolio.allocation({})).goal).toBe('risk-parity')
    const { choices, unavailable } = await api.portfolio.choices({ maximumWeight: 0.1 })
    expect(unavailable).toBeNull()
    for (const { weights } of choices) for (const { weight } of weights) expect(weight).toBeLessThanOrEqual(0.1 + 1e-9)
  })

  it('shows its journal, and that it verifies', async () => {
    const head = await api.journal.head()
    expect(await api.journal.verify()).toMatchObject({ status: 'verified' })
    const records = await api.journal.read({ after: head.size - 2, limit: 2 })
    expect(records.map(({ seq }) => seq)).toEqual([head.size - 1, head.size])
  })

  it('tells what has changed since a cursor, and what to fetch again', async () => {
    const stream = await api.system.watch({ after: 0 })
    const changes: { readonly seq: number; readonly nouns: readonly string[] }[] = []
    for await (const change of stream) {
      changes.push(change)
      if (changes.length === 1) await api.settings.change({ theme: 'dark' })
      else if (change.nouns.length > 0) break
    }
    expect(changes[0]?.nouns).toEqual(expect.arrayContaining(['agents', 'bars', 'runs', 'settings', 'orders']))
    expect(changes.at(-1)).toMatchObject({ nouns: ['settings'], seq: (await api.journal.head()).size })
  })

  it('makes plans from templates, begins drafts, cancels, and says what is not there', async () => {
    const names = (await api.plans.templates()).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['analyse-symbol', 'daily-trading-strategy']))
    const draft = await api.plans.create({ instrument: 'eth-usdt', template: 'analyse-symbol', draft: true })
    expect(draft).toMatchObject({ instrument: 'ETH/USDT', state: 'draft', leftMs: null, priority: 'low' })
    const { planId } = { planId: draft.id }
    expect(await api.plans.start({ planId })).toMatchObject({ state: 'proposing', runId: expect.any(String) })
    expect((await api.plans.get({ planId })).leftMs).toBeGreaterThan(0)
    expect(await codeOf(api.plans.start({ planId }))).toBe('PLAN_BEGUN')
    const ballot = { choice: 'approve' as const, reasons: ['Yes'] }
    expect(await codeOf(api.plans.vote({ planId, ballot }))).toBe('NOTHING_TO_VOTE_ON')
    expect(await api.plans.cancel({ planId, reason: 'Enough' })).toMatchObject({ state: 'cancelled', reason: 'Enough' })
    expect((await api.plans.list({})).map(({ id }) => id)).toEqual([planId])
    expect(await codeOf(api.plans.get({ planId: 'plan_none' }))).toBe('PLAN_UNKNOWN')
    expect(await codeOf(api.plans.create({ instrument: 'ETH/USDT', template: 'none' }))).toBe('TEMPLATE_NOT_FOUND')
  })

  it('shows what a plan shares and its conflicts, and takes neither a conflict nor a proposal outside the vote', async () => {
    const { id: planId } = await api.plans.create({ instrument: 'eth-usdt', template: 'analyse-symbol', draft: true })
    const context = await api.plans.context({ planId })
    expect(context).toMatchObject({ instrument: 'ETH/USDT', position: '0', insight: null, evidence: [], proposals: [] })
    expect(await api.plans.conflicts({ planId })).toEqual([])
    expect(await codeOf(api.plans.conflict({ planId, conflictId: 'con_none' }))).toBe('CONFLICT_UNKNOWN')
    const raised = { kind: 'size', between: ['risk', 'strategist'], description: 'Half of it.' } as const
    expect(await codeOf(api.plans.resolveConflict({ planId, ...raised, between: [...raised.between] }))).toBe(
      'NOTHING_TO_RESOLVE',
    )
    const twice = { ...raised, between: ['risk' as const, 'risk' as const] }
    expect(await codeOf(api.plans.resolveConflict({ planId, ...twice }))).toBe('BAD_REQUEST')
    const wish = { action: 'buy', quantity: decimal('0.1'), reason: 'So.' } as const
    expect(await codeOf(api.plans.addProposal({ planId, ...wish }))).toBe('NOTHING_TO_RESOLVE')
    await api.plans.cancel({ planId, reason: 'Enough' })
  })

  it('makes plans by schedules, which are given other terms and switched off, and says what is wrong with one', async () => {
    const terms = { template: 'analyse-symbol', instrument: 'eth-usdt', cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' }
    const made = await api.plans.schedule(terms)
    expect(made).toMatchObject({ instrument: 'ETH/USDT', isOn: true, nextAt: expect.any(Number), last: null })
    const { id: scheduleId } = made
    expect(await api.plans.schedule({ ...terms, scheduleId, cron: '30 9 * * *' })).toMatchObject({ id: scheduleId })
    expect(await api.plans.unschedule({ scheduleId })).toMatchObject({ isOn: false, nextAt: null })
    expect(await api.plans.schedules()).toMatchObject([{ id: scheduleId, cron: '30 9 * * *', isOn: false }])
    expect(await codeOf(api.plans.unschedule({ scheduleId }))).toBe('SCHEDULE_OFF')
    expect(await codeOf(api.plans.unschedule({ scheduleId: 'sch_none' }))).toBe('SCHEDULE_UNKNOWN')
    expect(await codeOf(api.plans.schedule({ ...terms, cron: '0 25 * * *' }))).toBe('CRON_INVALID')
    expect(await codeOf(api.plans.schedule({ ...terms, timezone: 'Mars' }))).toBe('TIMEZONE_UNKNOWN')
    expect(await codeOf(api.plans.schedule({ ...terms, template: 'none' }))).toBe('TEMPLATE_NOT_FOUND')
  })

  it('has no review where the desk needed nobody, and acts on none', async () => {
    expect(await api.reviews.list({})).toEqual([])
    expect(await api.reviews.overrides({})).toEqual([])
    expect(await api.reviews.drills()).toEqual({ injected: 0, answered: 0, caught: 0, rate: null })
    expect((await api.system.status()).reviews).toEqual({ waiting: 0, nextExpiresInMs: null, habit: null })
    const reviewId = 'rev_none'
    const words = { code: 'OTHER', words: 'Just so' } as const
    const asked = [
      api.reviews.get({ reviewId }),
      api.reviews.approve({ reviewId, orderHash: '' }),
      api.reviews.edit({ reviewId, quantity: decimal(1), limitPrice: null, words }),
      api.reviews.reject({ reviewId, words }),
      api.reviews.ask({ reviewId, question: 'Why?' }),
      api.reviews.snooze({ reviewId, forMs: 1_000 }),
      api.reviews.recordBlind({ reviewId, action: 'buy', confidence: 1 }),
    ]
    expect(await Promise.all(asked.map(codeOf))).toEqual(asked.map(() => 'REVIEW_NOT_FOUND'))
  })

  it('refuses what the contract does not know', async () => {
    expect(await codeOf(api.runs.list({ limit: 0 }))).toBe('BAD_REQUEST')
    expect(await codeOf(api.trading.stop({ level: 9 as 1 }))).toBe('BAD_REQUEST')
    expect(await codeOf(api.settings.change({ theme: 'pink' as 'dark' }))).toBe('BAD_REQUEST')
  })

  it('gives its metrics as Prometheus reads them', async () => {
    const text = await desk.metrics()
    expect(text).toMatch(/^parley_trading_state 2$/m)
    expect(text).toMatch(/^parley_equity 100000$/m)
    expect(text).toMatch(/^parley_journal_records \d+$/m)
    expect(text).toMatch(/^parley_agent_handled\{seat="researcher",result="answered"\} \d+$/m)
    expect(text).toMatch(/^# HELP parley_orders_working /m)
  })

  it('every procedure of the contract was called', () => {
    const all = Object.entries(contract).flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}`))
    expect(all.filter((name) => !called.has(name))).toEqual([])
  })
})

describe('a desk and its home', () => {
  it('KS-7 halted, ended and started again is halted; KS-9 and it can be re-armed', async () => {
    const home = temporaryHome()
    const first = await createDesk({ home, coolDownMs: 0, ...testTime() })
    await first.start()
    first.halt('drill')
    await first.stop('restart')
    const second = await createDesk({ home, coolDownMs: 0, ...testTime() })
    expect(second.status().latch).toMatchObject({ state: 'HALTED', reason: 'drill' })
    await second.start()
    const typed = { reason: 'I have looked at it', account: 'paper', mode: 'paper' }
    expect((await clientOf(second).trading.rearm(typed)).state).toBe('ACTIVE')
    const [started] = (await clientOf(second).journal.read({ limit: 1_000 })).filter(
      ({ kind, seq }) => kind === 'deskStarted' && seq > 2,
    )
    expect(started?.data).toMatchObject({ clean: true })
    await second.stop('done')
  })

  it('KS-8 whose latch cannot be read starts halted and says why', async () => {
    const home = temporaryHome()
    const first = await createDesk({ home, ...testTime() })
    await first.start()
    await first.stop('restart')
    writeFileSync(join(home, 'latch.json'), 'what?')
    const second = await createDesk({ home, ...testTime() })
    expect(second.status().latch).toMatchObject({ state: 'HALTED', reason: expect.stringContaining('latch.json') })
    await second.stop('done')
  })

  it('is one desk’s alone, and free again once that has ended or could not begin', async () => {
    const home = temporaryHome()
    const desk = await createDesk({ home, ...testTime() })
    await expect(createDesk({ home, ...testTime() })).rejects.toMatchObject({ code: 'HOME_IN_USE' })
    await desk.stop('done')
    writeFileSync(join(home, 'mandate.yaml'), 'instruments: 5')
    await expect(createDesk({ home, ...testTime() })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    writeFileSync(join(home, 'mandate.yaml'), 'ordersPerMinute: many')
    await expect(createDesk({ home, ...testTime() })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
