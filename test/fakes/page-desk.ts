import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { implement, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { reportExecution, reportParent } from '#engine/trading/execution-quality/execution-report.ts'
import { contract } from '#shared/contract/index.ts'
import type { Noun, Status, StopShortcut } from '#shared/contract/system.ts'
import { seats, seatTitles } from '#shared/domain/agent.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import { type Bar, barOpenTime, type ImportedSeries, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { consensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ExecutionReport } from '#shared/domain/execution-report.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { JournalRecord } from '#shared/domain/journal.ts'
import type { Message } from '#shared/domain/message.ts'
import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import { canBeCancelled, type Fill, isClosed, isExit, type Order, plainTerms } from '#shared/domain/order.ts'
import type { ParentOrderView } from '#shared/domain/parent-order.ts'
import type { PlanChoices } from '#shared/domain/plan-choice.ts'
import type { PositionView } from '#shared/domain/position.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Goal, Run, RunSummary } from '#shared/domain/run.ts'
import { defaultSettings, type Settings } from '#shared/domain/settings.ts'
import type { Tally } from '#shared/domain/tally.ts'
import type { Latch, StopLevel, StopProgress } from '#shared/domain/trading-state.ts'
import { type Decimal, decimal, fromNumber, multiply, subtract, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { shippedPlanning } from '#test/builders/desk-kernel.ts'
import { rememberedRun, searchMemory } from './page-memory.ts'
import { createPagePlans } from './page-plans.ts'
import { scriptedAllocation, scriptedChoices, scriptedRisk } from './page-portfolio.ts'
import { scriptedFindings, scriptedLines, scriptedPlan, scriptedSteps, scriptedVotes } from './page-script.ts'

/** A desk for looking at the page: it implements the whole contract, follows a script, and can be disturbed. */
export interface PageDesk {
  readonly url: string
  /** Every stop that was asked for. */
  readonly stops: { level: StopLevel; at: number }[]
  /** Every close of a position that was asked for; a null quantity is the whole of it. */
  readonly closes: { key: string; instrument: string; quantity: Decimal | null; reason: string }[]
  /** Starts the scripted run at a speed; 1 is real time, Infinity ends it at once. Resolves when it is over. */
  play(speed: number): Promise<void>
  /** Plays the script up to a second at once and leaves the run there. */
  playTo(second: number): void
  /** Adds a run as it is, newest of all. */
  add(run: Run): void
  /** Adds an order with these terms, newest of all. */
  addOrder(terms: Partial<Order>): void
  /** Adds an order in parts; its filled parts bring their fills. */
  addParent(parent: ParentOrderView): void
  /** Says something in the newest run. */
  say(text: string): void
  /** Makes so many events a second: words, ticks, progress, orders. Returns its stop. */
  storm(perSecond: number): () => void
  change(settings: Partial<Settings>): void
  setState(state: 'ACTIVE' | 'REDUCING' | 'HALTED'): void
  loseFeed(): void
  shortcutIs(shortcut: StopShortcut): void
  /** Stops answering, as a frozen engine does; the connection stays. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

const quietWatch = (): RunMonitoring => ({
  divergences: [],
  replans: [],
  alerts: [],
  pace: [],
  paused: null,
  forecast: null,
  goals: [],
})

interface RunState {
  run: Run
  messages: Message[]
  evidence: Evidence[]
  watch: RunMonitoring
  proposals: Proposal[]
  ballots: Ballot[]
  tally: Tally | null
  decision: Decision | null
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

/** The policy that the page must live with. */
const contentSecurity =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const instruments: Instrument[] = [
  ['BTC/USDT', '0.1', '0.0001'],
  ['ETH/USDT', '0.01', '0.001'],
  ['SOL/USDT', '0.001', '0.01'],
].map(([id = '', priceStep = '', quantityStep = '']) => ({
  id,
  base: id.split('/')[0] ?? '',
  quote: 'USDT',
  priceStep: decimal(priceStep),
  quantityStep: decimal(quantityStep),
  minimumNotional: decimal('5'),
}))

const firstPrices: Record<string, number> = { 'BTC/USDT': 64_210.5, 'ETH/USDT': 3_184.22, 'SOL/USDT': 171.304 }

function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A random walk that ends at a price now. */
function walk(last: number, timeframe: Timeframe, count: number, now: number): Bar[] {
  const random = createRandom(timeframe.length * 7_919 + Math.round(last))
  const size = 0.0009 * Math.sqrt(timeframeMs[timeframe] / 60_000 / 5)
  const closes = [last]
  for (let index = 1; index < count; index++) {
    const shock = (random() + random() + random() - 1.5) * 1.6 + 0.04 * Math.sin(index / 23)
    closes.unshift((closes[0] ?? last) * (1 - size * (shock + 0.03)))
  }
  const newest = barOpenTime(now, timeframe)
  return closes.map((close, index) => {
    const open = closes[index - 1] ?? close
    const spread = close * size * 0.6
    return {
      time: newest - (count - 1 - index) * timeframeMs[timeframe],
      open,
      high: Math.max(open, close) + random() * spread,
      low: Math.min(open, close) - random() * spread,
      close,
      volume: (40 + 160 * random() + (3e5 * Math.abs(close - open)) / close) * (timeframeMs[timeframe] / 3_600_000),
    }
  })
}

/** Starts the fake on a free port of the loopback; it serves the page built into the folder. */
export async function startPageDesk(page: string): Promise<PageDesk> {
  const runs: RunState[] = []
  const orders: Order[] = []
  const parents: ParentOrderView[] = []
  const fills: Fill[] = []
  const records: JournalRecord[] = []
  const stops: PageDesk['stops'] = []
  let stopShortcut: StopShortcut = { state: 'not available' }
  const closes: PageDesk['closes'] = []
  const imported: ImportedSeries[] = []
  const prices = { ...firstPrices }
  const series = new Map<string, Bar[]>()
  const sockets = new Set<WebSocket>()
  const watchers = new Set<() => void>()
  const timers = new Set<NodeJS.Timeout>()
  let settings: Settings = { ...defaultSettings }
  const keptKeys = new Set<string>()
  const keysNow = () => ({
    weakness: null,
    keys: [
      { name: 'ANTHROPIC_API_KEY', usedFor: 'the language model claude', place: 'environment' as const },
      {
        name: 'FRED_API_KEY',
        usedFor: 'macroeconomic series',
        place: keptKeys.has('FRED_API_KEY') ? ('kept' as const) : ('missing' as const),
      },
    ],
  })
  let latch: Latch = {
    state: 'ACTIVE',
    epoch: 1,
    level: null,
    by: 'trader',
    reason: 'Started by the trader',
    at: Date.now() - 5_400_000,
  }
  let stopProgress: StopProgress | null = null
  let position: PositionView | null = null
  let feedConnected = true
  let lastTickAt = Date.now()
  let frozen = false
  let nextId = 1
  const id = (prefix: string) => `${prefix}_01k5${String(nextId++).padStart(8, '0')}`

  function record(
    kind: string,
    data: Record<string, unknown>,
    actor: JournalRecord['actor'] = { kind: 'system', id: 'desk' },
  ): void {
    const seq = records.length + 1
    const hash = (seq * 2_654_435_761).toString(16).padStart(12, '0').repeat(6).slice(0, 64)
    records.push({
      seq,
      prevHash: records.at(-1)?.hash ?? '0'.repeat(64),
      hash,
      at: Date.now(),
      monotonicMs: performance.now(),
      clockOffsetMs: 1.2,
      actor,
      kind,
      data,
      correlationId: runs.at(-1)?.run.id ?? null,
      causationSeq: seq > 1 ? seq - 1 : null,
      reason: null,
      app: { version: '0.1.0', commit: 'fake' },
      configHash: 'c0ffee',
      mode: 'paper',
      account: 'paper-1',
    })
  }

  // --- market

  function barsOf(instrument: string, timeframe: Timeframe): Bar[] {
    const key = `${instrument} ${timeframe}`
    let bars = series.get(key)
    if (bars === undefined) {
      bars = walk(prices[instrument] ?? 1, timeframe, 3_000, Date.now())
      series.set(key, bars)
    }
    return bars
  }

  function tick(): void {
    if (!feedConnected) return
    lastTickAt = Date.now()
    for (const { id } of instruments) {
      const price = (prices[id] ?? 1) * (1 + (Math.random() - 0.5) * 0.0002)
      prices[id] = price
      for (const [key, bars] of series) {
        if (!key.startsWith(id)) continue
        const timeframe = key.slice(id.length + 1) as Timeframe
        const last = bars.at(-1)
        const time = barOpenTime(lastTickAt, timeframe)
        if (last === undefined) continue
        if (time > last.time) bars.push({ time, open: last.close, high: price, low: price, close: price, volume: 0.1 })
        else {
          last.close = price
          last.high = Math.max(last.high, price)
          last.low = Math.min(last.low, price)
          last.volume += Math.random() * 0.02
        }
      }
    }
    markPosition()
  }

  function markPosition(): void {
    if (position === null || position.averagePrice === null) return
    const mark = fromNumber(prices[position.instrument] ?? 0, 1)
    position = {
      ...position,
      mark,
      markedAt: lastTickAt,
      unrealised: multiply(subtract(mark, position.averagePrice), position.quantity),
    }
  }

  // --- telling the page

  let seq = 0
  const dirty = new Map<Noun, number>()
  function touch(...nouns: Noun[]): void {
    seq += 1
    for (const noun of nouns) dirty.set(noun, seq)
  }
  every(100, () => {
    if (frozen) return
    tick()
    touch('positions')
    for (const wake of watchers) wake()
  })

  function every(ms: number, act: () => void): () => void {
    const timer = setInterval(act, ms)
    timers.add(timer)
    return () => {
      clearInterval(timer)
      timers.delete(timer)
    }
  }

  function status(): Status {
    const unrealised = position?.unrealised ?? ZERO
    return {
      version: '0.1.0',
      mode: 'paper',
      account: {
        id: 'paper-1',
        mode: 'paper',
        currency: 'USDT',
        cash: decimal('99039.34'),
        equity: decimal('100128.4'),
        dayStartEquity: decimal('100000'),
        unknown: null,
        asOf: Date.now(),
      },
      dayPnl: fromNumber(124.94 + toNumber(unrealised), 2),
      latch,
      stop: stopProgress,
      feed: { connected: feedConnected, name: 'simulated exchange', lastTickAt, staleAfterMs: 10_000 },
      broker: { connected: true, name: 'paper broker', latencyMs: 41 },
      deadManSwitch: { supported: true, on: false, armedUntil: null, refreshedAt: null, failure: null },
      stopShortcut,
      activeRunId: runs.find(({ run }) => run.status === 'running')?.run.id ?? null,
      deadLetters: 1,
      spending: { todayUsd: 0, limitUsd: 20 },
      reviews: { waiting: 0, nextExpiresInMs: null, habit: null },
      loop: { p50Ms: 0.2, p99Ms: 3.1, maxMs: 24, alarm: null },
      now: Date.now(),
      journalSize: records.length,
    }
  }

  async function* stream<Item>(signal: AbortSignal | undefined, read: () => Item | null): AsyncGenerator<Item> {
    let woken: (() => void) | null = null
    const wake = () => woken?.()
    watchers.add(wake)
    try {
      for (;;) {
        if (signal?.aborted === true) return
        const item = read()
        if (item !== null) yield item
        await new Promise<void>((resolve) => {
          woken = resolve
          signal?.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    } finally {
      watchers.delete(wake)
    }
  }

  // --- the scripted run

  function begin(goal: Goal): RunState {
    for (const state of runs) end(state, 'cancelled', 'Another run began')
    const startedAt = Date.now()
    const plan = scriptedPlan(id('plan'), `Decide on ${goal.instrument}`)
    const run: Run = {
      id: id('run'),
      goal,
      status: 'running',
      startedAt,
      endedAt: null,
      usd: 0,
      stepsDone: 0,
      stepsTotal: plan.steps.length,
      outcome: null,
      reason: null,
      plan,
      steps: plan.steps.map(({ id }) => ({
        id,
        state: 'pending',
        attempt: 0,
        startedAt: null,
        endedAt: null,
        usd: 0,
        reason: null,
      })),
    }
    const state: RunState = {
      run,
      messages: [],
      evidence: [],
      watch: quietWatch(),
      proposals: [],
      ballots: [],
      tally: null,
      decision: null,
    }
    runs.push(state)
    record('runStarted', { runId: run.id, goal }, { kind: 'human', id: 'trader' })
    touch('runs', 'messages', 'vote', 'evidence')
    return state
  }

  type Cue = readonly [second: number, act: (state: RunState) => void]

  function cues(): Cue[] {
    const list: Cue[] = []
    for (const [index, step] of scriptedSteps.entries()) {
      if (step.end !== 'skipped') {
        list.push([
          step.from,
          ({ run }) => {
            Object.assign(run.steps[index] ?? {}, { state: 'running', attempt: 1, startedAt: Date.now() })
            record('stepStarted', { runId: run.id, stepId: step.id, attempt: 1 })
            touch('runs')
          },
        ])
      }
      list.push([
        step.to,
        ({ run }) => {
          Object.assign(run.steps[index] ?? {}, {
            state: step.end,
            endedAt: step.end === 'skipped' ? null : Date.now(),
            usd: step.usd,
            reason: step.reason ?? null,
          })
          run.usd += step.usd
          run.stepsDone += 1
          record(`step${step.end[0]?.toUpperCase()}${step.end.slice(1)}`, { runId: run.id, stepId: step.id })
          touch('runs')
        },
      ])
    }
    for (const [index, finding] of scriptedFindings.entries()) {
      list.push([
        2.9 + index,
        ({ run, evidence }) => {
          evidence.push({
            ...finding,
            id: `${finding.id} ${run.id}`,
            runId: run.id,
            at: Date.now(),
            asOf: Date.now() - 2_000,
            status: 'value',
          })
          record('evidenceGathered', { evidence: finding })
          touch('evidence')
        },
      ])
    }
    list.push([
      8,
      ({ run, evidence }) => {
        evidence.push({
          id: `ev_macro ${run.id}`,
          runId: run.id,
          task: 'macro',
          source: 'calendar',
          at: Date.now(),
          status: 'unavailable',
          code: 'SOURCE_TIMEOUT',
          reason: 'the calendar did not answer in 2 s',
        })
        touch('evidence')
      },
    ])
    for (const [second, agent, kind, text, confidence, cited] of scriptedLines) {
      list.push([second, (state) => post(state, agent, kind, text, confidence, cited ?? [])])
    }
    list.push([18.9, (state) => propose(state)])
    for (const [second, voter, choice, confidence, weight, reasons] of scriptedVotes) {
      list.push([
        second,
        ({ run, ballots, proposals }) => {
          ballots.push({
            id: id('bal'),
            voter,
            proposalId: proposals[0]?.id ?? 'none',
            at: Date.now(),
            choice,
            confidence,
            weight,
            reasons,
            evidence: [],
          })
          record('ballotCast', { runId: run.id, voter }, { kind: 'agent', id: voter })
          touch('vote')
        },
      ])
    }
    list.push([21.9, decide], [22.7, place], [24.5, fill], [26, (state) => end(state, 'completed')])
    return list.sort(([a], [b]) => a - b)
  }

  function post(
    state: RunState,
    agent: string,
    kind: Message['kind'],
    text: string,
    confidence: number | null = null,
    cited: string[] = [],
  ): void {
    const { run, messages } = state
    messages.push({
      id: id('msg'),
      runId: run.id,
      at: Date.now(),
      agent,
      kind,
      text: text.replaceAll('BTC/USDT', run.goal.instrument),
      confidence,
      evidence: cited.map((each) => `${each} ${run.id}`),
      replyTo: null,
    })
    record('messagePosted', { runId: run.id, agent, text }, { kind: 'agent', id: agent })
    touch('messages')
  }

  function propose({ run, proposals }: RunState): void {
    proposals.push({
      id: id('prop'),
      runId: run.id,
      by: 'strategist',
      at: Date.now(),
      instrument: run.goal.instrument,
      action: 'buy',
      quantity: decimal('0.015'),
      entry: decimal('63980'),
      stop: decimal('62700'),
      target: decimal('66100'),
      horizonMs: 12 * 3_600_000,
      expectedReturn: 0.009,
      riskAtStop: decimal('19.2'),
      objectives: ['follow the break'],
      risks: ['funding'],
      evidence: [],
      changesMyMind: 'A close under 63 200',
    })
    touch('vote')
  }

  function decide(state: RunState): void {
    const { run, ballots, proposals } = state
    const counts = (ballot: Ballot) => ({ ballot, weight: ballot.weight, countsFor: ballot.weight * ballot.confidence })
    const dissent = ballots.filter(({ voter }) => voter === 'bear').map(counts)
    const support = ballots
      .filter(({ choice }) => choice.kind !== 'abstain')
      .filter(({ voter }) => voter !== 'bear')
      .map(counts)
    state.tally = {
      at: Date.now(),
      status: 'agreed',
      outcome: 'buy',
      rule: { code: 'WEIGHTED_THRESHOLD', sentence: 'BUY has 0.80 of weight times confidence, and 0.60 was needed.' },
      complete: true,
      shares: [
        { option: 'buy', share: 0.805, confidence: 0.72, ballots: 4 },
        { option: 'hold', share: 0.195, confidence: 0.66, ballots: 1 },
        { option: 'sell', share: 0, confidence: 0, ballots: 0 },
      ],
      agreement: 80.5,
      confidence: 0.72,
      margin: 0.61,
      disagreement: 0.31,
      variance: 0.31,
      entropy: 0.45,
      unanimous: false,
      dissent,
      support: support.sort((a, b) => b.countsFor - a.countsFor),
      abstained: ['privacy'],
      absent: [],
      vetoedBy: [],
      conditions: [{ voter: 'risk', condition: 'the stop stays at 62 700 or closer' }],
      hangsOnConditions: false,
      quorum: { measure: 'electorate', required: 0.5, present: 0.83, met: true },
      power: null,
      notCounted: [],
    }
    state.decision = {
      id: id('dec'),
      runId: run.id,
      at: Date.now(),
      proposalId: proposals[0]?.id ?? null,
      action: 'buy',
      status: 'agreed',
      rule: 'WEIGHTED_THRESHOLD',
      reason: state.tally.rule.sentence,
      confidence: 0.72,
      agreement: 80.5,
      price: null,
      market: null,
      epoch: latch.epoch,
    }
    run.outcome = 'buy'
    record('decisionMade', { decision: state.decision })
    touch('vote', 'runs')
  }

  function order(state: RunState | null, changes: Partial<Order>): Order {
    const made: Order = {
      ...plainTerms,
      clientOrderId: id('ord'),
      venueOrderId: null,
      instrument: state?.run.goal.instrument ?? 'BTC/USDT',
      side: 'buy',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: decimal('0.015'),
      limitPrice: decimal('63980'),
      reduceOnly: false,
      status: 'SUBMITTED',
      filledQuantity: ZERO,
      averagePrice: null,
      by: 'executor',
      runId: state?.run.id ?? null,
      proposalId: state?.proposals[0]?.id ?? null,
      decisionId: state?.decision?.id ?? null,
      createdAt: Date.now(),
      updatedAt: Date.now(),
      reason: null,
      ...changes,
    }
    orders.unshift(made)
    record('orderInitialized', { order: made }, { kind: 'agent', id: 'executor' })
    touch('orders')
    return made
  }

  function findOrder(id: string): Order {
    const found = orders.find(({ clientOrderId }) => clientOrderId === id)
    if (found === undefined) throw new ORPCError('ORDER_NOT_FOUND', { status: 404, message: 'There is no such order.' })
    return found
  }

  function reportOf(order: Order): ExecutionReport {
    const own = fills.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)
    return reportExecution(order, { fills: own, market: null, now: Date.now(), settlesAfterMs: 0 })
  }

  function findParent(parentId: string): ParentOrderView {
    const parent = parents.find(({ id }) => id === parentId)
    if (parent !== undefined) return parent
    throw new ORPCError('PARENT_ORDER_NOT_FOUND', { status: 404, message: 'There is no such order.' })
  }

  function fillsOfParts({ children }: ParentOrderView): Fill[] {
    return fills.filter((each) => children.some(({ clientOrderId }) => clientOrderId === each.clientOrderId))
  }

  function place(state: RunState): void {
    order(state, { status: 'ACCEPTED', venueOrderId: 'v-1' })
  }

  function fill(state: RunState): void {
    const filled = orders.find(({ runId, status }) => runId === state.run.id && status === 'ACCEPTED')
    if (filled === undefined) return
    const price = decimal('63980')
    Object.assign(filled, {
      status: 'FILLED',
      filledQuantity: filled.quantity,
      averagePrice: price,
      updatedAt: Date.now(),
    })
    fills.unshift({
      tradeId: id('trd'),
      clientOrderId: filled.clientOrderId,
      instrument: filled.instrument,
      side: 'buy',
      quantity: filled.quantity,
      price,
      fee: decimal('0.96'),
      at: Date.now(),
    })
    position = {
      instrument: filled.instrument,
      quantity: filled.quantity,
      averagePrice: price,
      realised: ZERO,
      fees: decimal('0.96'),
      updatedAt: Date.now(),
      mark: null,
      markedAt: null,
      unrealised: null,
      runId: state.run.id,
    }
    markPosition()
    order(state, {
      side: 'sell',
      status: 'ACCEPTED',
      limitPrice: decimal('66100'),
      reduceOnly: true,
      venueOrderId: 'v-2',
    })
    record('orderFilled', { clientOrderId: filled.clientOrderId })
    touch('orders', 'positions')
  }

  function end({ run, tally }: RunState, ending: Exclude<RunSummary['status'], 'running'>, reason?: string): void {
    if (run.status !== 'running') return
    Object.assign(run, { status: ending, endedAt: Date.now(), reason: reason ?? tally?.rule.sentence ?? null })
    record('runEnded', { runId: run.id, status: ending })
    touch('runs')
  }

  const usualGoal: Goal = { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' }

  function playRun(state: RunState, speed: number): Promise<void> {
    return new Promise((resolve) => {
      const list = cues()
      if (speed === Number.POSITIVE_INFINITY) {
        for (const [, act] of list) act(state)
        resolve()
        return
      }
      for (const [second, act] of list) {
        const timer = setTimeout(
          () => {
            timers.delete(timer)
            if (state.run.status === 'running') act(state)
            if (second === 26) resolve()
          },
          (second * 1_000) / speed,
        )
        timers.add(timer)
      }
    })
  }

  // --- what was before

  record('deskStarted', { clean: true, account: 'paper-1', currency: 'USDT', cash: '100000' })
  const earlier = begin({ instrument: 'ETH/USDT', profile: 'conservative', policy: 'super-majority' })
  post(earlier, 'planner', 'system', 'Decide on ETH/USDT, conservative profile.')
  Object.assign(earlier.run, { startedAt: Date.now() - 9_000_000, outcome: 'hold', stepsDone: 19, usd: 0.09 })
  end(earlier, 'completed', 'No option reached two thirds of the heads: HOLD.')
  earlier.run.endedAt = Date.now() - 8_970_000
  const cancelled = begin({ instrument: 'SOL/USDT', profile: 'aggressive', policy: 'quorum' })
  Object.assign(cancelled.run, { startedAt: Date.now() - 7_000_000, stepsDone: 4, usd: 0.02 })
  end(cancelled, 'cancelled', 'Cancelled by the trader')
  cancelled.run.endedAt = Date.now() - 6_990_000
  order(earlier, {
    quantity: decimal('4'),
    limitPrice: decimal('3190.5'),
    status: 'DENIED',
    reason: 'NOTIONAL_EXCEEDS_MAX_PER_ORDER: 12 762.00 of at most 10 000.00 USDT',
    createdAt: Date.now() - 8_980_000,
  })

  function closeNow(held: PositionView, quantity: Decimal): Order {
    const price = held.mark ?? held.averagePrice ?? ZERO
    const left = subtract(held.quantity, quantity)
    const sent: Order = {
      ...plainTerms,
      clientOrderId: id('ord'),
      venueOrderId: 'v-close',
      instrument: held.instrument,
      side: 'sell',
      type: 'MARKET',
      timeInForce: 'IOC',
      quantity,
      limitPrice: null,
      reduceOnly: true,
      status: 'FILLED',
      filledQuantity: quantity,
      averagePrice: price,
      by: 'trader',
      runId: null,
      proposalId: null,
      decisionId: null,
      createdAt: Date.now(),
      updatedAt: Date.now(),
      reason: null,
    }
    orders.unshift(sent)
    position = left === ZERO ? null : { ...held, quantity: left }
    markPosition()
    record('orderFilled', { clientOrderId: sent.clientOrderId })
    touch('orders', 'positions')
    return sent
  }

  function stop(level: StopLevel, reason: string) {
    stops.push({ level, at: Date.now() })
    latch = { state: 'HALTED', epoch: latch.epoch + 1, level, by: 'trader', reason, at: Date.now() }
    const toCancel = orders.filter(
      ({ status, reduceOnly }) => status === 'ACCEPTED' && (level === 3 || (level === 2 && !reduceOnly)),
    )
    for (const each of toCancel) each.status = 'PENDING_CANCEL'
    const progress: StopProgress = {
      cancelsRequested: toCancel.length,
      cancelsConfirmed: 0,
      cancelsFailed: 0,
      unknown: 0,
      stillLive: toCancel.map(({ clientOrderId }) => clientOrderId),
      unprotected: level === 3 && position !== null ? [position.instrument] : [],
    }
    stopProgress = progress
    record('tradingStateChanged', { after: latch }, { kind: 'human', id: 'trader' })
    touch('orders')
    const timer = setTimeout(() => {
      for (const each of toCancel) each.status = 'CANCELED'
      stopProgress = { ...progress, cancelsConfirmed: toCancel.length, stillLive: [] }
      touch('orders')
    }, 700)
    timers.add(timer)
    return { latch, progress }
  }

  // --- the contract

  const os = implement(contract)
  const find = (runId: string): RunState => {
    const state = runs.find(({ run }) => run.id === runId)
    if (state === undefined) {
      throw new ORPCError('RUN_NOT_FOUND', {
        status: 404,
        message: `There is no run ${runId}.`,
        data: { retry: 'definitive', wayOut: 'Choose a run from the list.', details: {} },
      })
    }
    return state
  }
  const summary = ({ plan: _plan, steps: _steps, ...rest }: Run): RunSummary => rest

  const router = os.router({
    system: {
      status: os.system.status.handler(() => status()),
      watch: os.system.watch.handler(({ input, signal }) => {
        let cursor = input.after ?? 0
        let first = true
        return stream(signal, () => {
          const nouns = [...dirty].filter(([, at]) => at > cursor).map(([noun]) => noun)
          if (!first && nouns.length === 0) return null
          first = false
          cursor = seq
          return { seq, nouns, status: status() }
        })
      }),
      viewRecords: os.system.viewRecords.handler(() => [
        {
          agent: 'analyst',
          instrument: 'BTC/USDT',
          views: 31,
          judged: 24,
          right: 12,
          meanStated: 0.64,
          countsFor: 0.52,
          lastAt: Date.now() - 3_600_000,
        },
      ]),
      agents: os.system.agents.handler(() =>
        seats.map((seat, index) => ({
          seat,
          title: seatTitles[seat],
          status:
            seat === 'researcher' ? ('failing' as const) : seat === 'bull' ? ('working' as const) : ('idle' as const),
          handled: 12 + index * 7,
          failed: seat === 'researcher' ? 3 : 0,
          meanMs: seat === 'evaluator' ? null : 120 + index * 43,
          lastError: seat === 'researcher' ? 'SOURCE_TIMEOUT: the calendar did not answer in 2 s' : null,
        })),
      ),
      deadLetters: os.system.deadLetters.handler(() => [
        {
          id: 'dl-1',
          topic: 'research.macro',
          at: Date.now() - 60_000,
          attempts: 3,
          error: 'SOURCE_TIMEOUT: the calendar did not answer in 2 s',
          body: { task: 'macro' },
        },
      ]),
    },
    market: {
      instruments: os.market.instruments.handler(() => instruments),
      quotes: os.market.quotes.handler(() => []),
      bars: os.market.bars.handler(({ input }) =>
        barsOf(input.instrument, input.timeframe)
          .filter(({ time }) => input.before === undefined || time < input.before)
          .slice(-input.limit)
          .map((bar) => ({ ...bar })),
      ),
      watch: os.market.watch.handler(({ input, signal }) =>
        stream(signal, () => {
          const price = prices[input.instrument] ?? 0
          const places = input.instrument === 'BTC/USDT' ? 1 : 2
          const last = fromNumber(price, places)
          const bar = barsOf(input.instrument, input.timeframe).at(-1)
          return {
            bar: bar === undefined ? null : { ...bar },
            quote: { instrument: input.instrument, bid: last, ask: last, last, at: lastTickAt },
          }
        }),
      ),
      importing: os.market.importing.handler(({ signal }) => stream(signal, () => [])),
      imported: os.market.imported.handler(() => imported),
      import: os.market.import.handler(({ input }) => {
        const rows = input.text.trim().split('\n').slice(1)
        const bad = rows.flatMap((row, index) =>
          row.split(',').length >= 6
            ? []
            : [{ line: index + 2, message: `has ${row.split(',').length} columns, 6 are needed` }],
        )
        if (bad.length > 0) {
          throw new ORPCError('BARS_NOT_IMPORTABLE', {
            status: 400,
            message: `${bad.length} of ${rows.length} lines of ${input.file} are wrong.`,
            data: {
              retry: 'definitive',
              wayOut: 'Mend the lines and import the file again.',
              details: { problems: bad },
            },
          })
        }
        const now = Date.now()
        const series = {
          file: input.file,
          instrument: 'GOLD/USD',
          timeframe: '1d' as const,
          bars: rows.length,
          from: now - rows.length * 86_400_000,
          to: now,
        }
        imported.push(series)
        touch('bars')
        return { ...series, replaced: 0, notes: [] }
      }),
    },
    plans: createPagePlans(() => touch('plans')),
    runs: {
      start: os.runs.start.handler(({ input }) => {
        const state = begin({
          instrument: input.instrument,
          profile: input.profile ?? settings.profile,
          policy: input.policy ?? settings.policy,
          ...(input.leaveOut !== undefined && { leaveOut: input.leaveOut }),
          ...(input.slots !== undefined && { slots: input.slots }),
        })
        void playRun(state, 1)
        return summary(state.run)
      }),
      choices: os.runs.choices.handler(() => planChoices),
      list: os.runs.list.handler(({ input }) =>
        runs
          .map(({ run }) => summary(run))
          .reverse()
          .slice(0, input.limit),
      ),
      get: os.runs.get.handler(({ input }) => find(input.runId).run),
      cancel: os.runs.cancel.handler(({ input }) => {
        const state = find(input.runId)
        for (const step of state.run.steps)
          if (step.state === 'pending' || step.state === 'running') step.state = 'cancelled'
        end(state, 'cancelled', input.reason)
        return summary(state.run)
      }),
      pause: os.runs.pause.handler(({ input }) => {
        const state = find(input.runId)
        state.watch.paused = { at: Date.now(), reason: input.reason }
        touch('runs')
        return summary(state.run)
      }),
      resume: os.runs.resume.handler(({ input }) => {
        const state = find(input.runId)
        state.watch.paused = null
        touch('runs')
        return summary(state.run)
      }),
      addResearch: os.runs.addResearch.handler(({ input }) => summary(find(input.runId).run)),
      messages: os.runs.messages.handler(({ input }) => {
        const { messages } = find(input.runId)
        const from = input.after === undefined ? 0 : messages.findIndex((message) => message.id === input.after) + 1
        return messages.slice(from, from + input.limit)
      }),
      evidence: os.runs.evidence.handler(({ input }) => find(input.runId).evidence),
      monitor: os.runs.monitor.handler(({ input }) => find(input.runId).watch),
      estimates: os.runs.estimates.handler(() => []),
      vote: os.runs.vote.handler(({ input }) => {
        const { proposals, ballots, tally, decision, run } = find(input.runId)
        const policy = consensusPolicy(run.goal.policy, {
          options: ['buy', 'sell', 'hold'],
          defaultOption: 'hold',
          electorate: seats.map((voter) => ({ voter, weight: 1 })),
          deadline: null,
        })
        return { policy, isBlind: false, proposals, ballots, tally, decision, outcome: null }
      }),
    },
    reviews: {
      list: os.reviews.list.handler(() => []),
      overrides: os.reviews.overrides.handler(() => []),
      drills: os.reviews.drills.handler(() => ({ injected: 0, answered: 0, caught: 0, rate: null })),
      get: os.reviews.get.handler(noReview),
      approve: os.reviews.approve.handler(noReview),
      edit: os.reviews.edit.handler(noReview),
      reject: os.reviews.reject.handler(noReview),
      ask: os.reviews.ask.handler(noReview),
      snooze: os.reviews.snooze.handler(noReview),
      recordBlind: os.reviews.recordBlind.handler(noReview),
    },
    memory: {
      search: os.memory.search.handler(({ input }) => searchMemory(input)),
      get: os.memory.get.handler(({ input: { runId } }) => rememberedRun(runId)),
    },
    portfolio: {
      risk: os.portfolio.risk.handler(() => scriptedRisk(Date.now(), position)),
      allocation: os.portfolio.allocation.handler(({ input }) => scriptedAllocation(Date.now(), position, input.goal)),
      choices: os.portfolio.choices.handler(() => scriptedChoices(Date.now(), position)),
    },
    conversations: {
      search: os.conversations.search.handler(({ input }) => {
        const wanted = input.text.toLowerCase()
        return runs
          .flatMap(({ run, messages }) => messages.map((message) => ({ message, instrument: run.goal.instrument })))
          .map((each, index) => ({ ...each, seq: index + 1, excerpt: [{ text: each.message.text, found: false }] }))
          .filter(({ message }) => message.text.toLowerCase().includes(wanted))
          .reverse()
          .slice(0, input.limit)
      }),
      say: os.conversations.say.handler(({ input: { runId, remark } }) => {
        const state = find(runId)
        const words: Message = {
          id: `msg-said-${state.messages.length}`,
          runId,
          at: Date.now(),
          agent: 'trader',
          kind: 'human',
          text: remark.text,
          confidence: null,
          evidence: [],
          replyTo: null,
        }
        state.messages.push(words)
        touch('messages')
        return [words]
      }),
    },
    trading: {
      stop: os.trading.stop.handler(({ input }) => stop(input.level, input.reason)),
      reduce: os.trading.reduce.handler(({ input }) => {
        latch = {
          ...latch,
          state: 'REDUCING',
          epoch: latch.epoch + 1,
          level: null,
          reason: input.reason,
          at: Date.now(),
        }
        return latch
      }),
      rearm: os.trading.rearm.handler(({ input }) => {
        latch = {
          state: 'ACTIVE',
          epoch: latch.epoch + 1,
          level: null,
          by: 'trader',
          reason: input.reason,
          at: Date.now(),
        }
        stopProgress = null
        return latch
      }),
      orders: os.trading.orders.handler(() => orders),
      working: os.trading.working.handler(() => orders.filter(({ status }) => !isClosed(status))),
      ended: os.trading.ended.handler(({ input: { instrument, status, before, limit } }) => {
        const all = orders.filter(
          (each) =>
            isClosed(each.status) &&
            each.instrument === (instrument ?? each.instrument) &&
            each.status === (status ?? each.status),
        )
        const from = all.findIndex(({ clientOrderId }) => clientOrderId === before) + 1
        return { orders: all.slice(from, from + limit), hasMore: all.length > from + limit }
      }),
      order: os.trading.order.handler(({ input }) => {
        const order = findOrder(input.clientOrderId)
        const own = fills.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)
        return { order, fills: own, linked: [] }
      }),
      change: os.trading.change.handler(({ input: { clientOrderId, quantity, limitPrice, stopPrice } }) => {
        const order = findOrder(clientOrderId)
        Object.assign(order, {
          quantity: quantity ?? order.quantity,
          limitPrice: limitPrice ?? order.limitPrice,
          stopPrice: stopPrice ?? order.stopPrice,
        })
        touch('orders')
        return order
      }),
      cancelAll: os.trading.cancelAll.handler(({ input: { protection } }) => {
        const all = orders.filter((each) => canBeCancelled(each) && (protection || !isExit(each)))
        for (const each of all) each.status = 'PENDING_CANCEL'
        touch('orders')
        return { asked: all.map(({ clientOrderId }) => clientOrderId) }
      }),
      cancel: os.trading.cancel.handler(({ input }) => {
        const found = findOrder(input.clientOrderId)
        found.status = 'PENDING_CANCEL'
        touch('orders')
        return found
      }),
      reports: os.trading.reports.handler(() => orders.map(reportOf)),
      report: os.trading.report.handler(({ input }) => {
        const found = orders.find(({ clientOrderId }) => clientOrderId === input.clientOrderId)
        if (found === undefined)
          throw new ORPCError('ORDER_NOT_FOUND', { status: 404, message: 'There is no such order.' })
        return reportOf(found)
      }),
      parents: os.trading.parents.handler(() => parents),
      parent: os.trading.parent.handler(({ input }) => {
        const parent = findParent(input.parentId)
        return { parent, fills: fillsOfParts(parent) }
      }),
      parentReport: os.trading.parentReport.handler(({ input }) => {
        const parent = findParent(input.parentId)
        return reportParent(parent, { fills: fillsOfParts(parent), market: null, now: Date.now(), settlesAfterMs: 0 })
      }),
      cancelParent: os.trading.cancelParent.handler(({ input }) => {
        const parent = findParent(input.parentId)
        Object.assign(parent, { status: 'cancelled', reason: input.reason, updatedAt: Date.now() })
        touch('orders')
        return parent
      }),
      fills: os.trading.fills.handler(() => fills),
      close: os.trading.close.handler(({ input: { key, instrument, quantity, reason } }) => {
        closes.push({ key, instrument, quantity: quantity ?? null, reason })
        const held = position
        if (held === null || held.instrument !== instrument)
          throw new ORPCError('POSITION_NOT_FOUND', { status: 404, message: `There is no position in ${instrument}.` })
        return closeNow(held, quantity ?? held.quantity)
      }),
      reconcile: os.trading.reconcile.handler(() => ({
        at: Date.now(),
        matched: 0,
        adjusted: [],
        inDoubt: [],
        positions: [],
      })),
      positions: os.trading.positions.handler(() => (position === null ? [] : [position])),
    },
    alerts: {
      list: os.alerts.list.handler(({ input }) =>
        runs
          .flatMap(({ watch }) => watch.alerts)
          .reverse()
          .slice(0, input.limit),
      ),
      watch: os.alerts.watch.handler(async function* () {
        for (const { watch } of runs) yield* watch.alerts
      }),
    },
    journal: {
      head: os.journal.head.handler(() => ({
        size: records.length,
        hash: records.at(-1)?.hash ?? '0'.repeat(64),
        root: '9f3c'.repeat(16),
      })),
      verify: os.journal.verify.handler(() => ({
        status: 'verified' as const,
        head: { size: records.length, hash: records.at(-1)?.hash ?? '', root: '9f3c'.repeat(16) },
        signedHeads: 3,
      })),
      read: os.journal.read.handler(({ input }) => records.slice(input.after, input.after + input.limit)),
    },
    settings: {
      get: os.settings.get.handler(() => ({ settings, home: '/home/trader/.local/share/parley' })),
      planning: os.settings.planning.handler(() => ({
        planning: shippedPlanning,
        file: '/home/trader/.local/share/parley/planning.yaml',
        overrides: [{ path: ['profiles', 'balanced', 'parallel'], value: 2, shipped: 3 }],
      })),
      keys: os.settings.keys.handler(keysNow),
      keepKey: os.settings.keepKey.handler(({ input }) => {
        keptKeys.add(input.name)
        return keysNow()
      }),
      forgetKey: os.settings.forgetKey.handler(({ input }) => {
        keptKeys.delete(input.name)
        return keysNow()
      }),
      change: os.settings.change.handler(({ input }) => {
        const restartNeeded = input.feed !== undefined && JSON.stringify(input.feed) !== JSON.stringify(settings.feed)
        settings = {
          ...settings,
          ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
        }
        touch('settings')
        return { settings, restartNeeded }
      }),
    },
  })

  // --- serving

  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'))
    const file = join(page, path === '/' ? 'index.html' : path)
    void readFile(file).then(
      (body) =>
        response
          .writeHead(200, {
            'content-type': types[extname(file)] ?? 'application/octet-stream',
            'content-security-policy': contentSecurity,
          })
          .end(body),
      () => response.writeHead(404).end(),
    )
  })
  const handler = new RPCHandler(router)
  const socketServer = new WebSocketServer({ server, path: '/rpc' })
  socketServer.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    void handler.upgrade(socket)
  })
  await listening(server)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/`,
    stops,
    closes,
    play: (speed) => playRun(begin(usualGoal), speed),
    playTo(second) {
      for (const { run } of runs)
        if (run.endedAt === null || run.endedAt > Date.now() - 60_000) run.startedAt -= 120_000
      const state = begin(usualGoal)
      const started = Date.now() - second * 1_000
      for (const [at, act] of cues()) if (at <= second) act(state)
      // The script's seconds as if they had passed.
      state.run.startedAt = started
      for (const [index, step] of state.run.steps.entries()) {
        const scripted = scriptedSteps[index]
        if (scripted === undefined) continue
        if (step.startedAt !== null) step.startedAt = started + scripted.from * 1_000
        if (step.endedAt !== null) step.endedAt = started + scripted.to * 1_000
      }
      for (const [index, message] of state.messages.entries())
        message.at = started + (scriptedLines[index]?.[0] ?? 0) * 1_000
    },
    add(run) {
      runs.push({
        run,
        messages: [],
        evidence: [],
        watch: quietWatch(),
        proposals: [],
        ballots: [],
        tally: null,
        decision: null,
      })
      touch('runs')
    },
    addOrder(terms) {
      order(null, terms)
    },
    addParent(parent) {
      parents.unshift(parent)
      for (const { clientOrderId, instrument, side, filledQuantity, averagePrice, updatedAt } of parent.children) {
        if (averagePrice === null) continue
        const terms = { clientOrderId, instrument, side, quantity: filledQuantity, price: averagePrice }
        fills.push({ ...terms, tradeId: `t-${clientOrderId}`, fee: decimal('0.1'), at: updatedAt })
      }
      touch('orders')
    },
    say(text) {
      const state = runs.at(-1)
      if (state !== undefined) post(state, 'analyst', 'thought', text)
    },
    storm(perSecond) {
      let count = 0
      return every(20, () => {
        const state = runs.at(-1)
        if (state === undefined || frozen) return
        for (let index = 0; index < perSecond / 50; index++) {
          count += 1
          if (count % 4 === 0)
            post(
              state,
              seats[count % seats.length] ?? 'bull',
              'thought',
              `Event ${count}: the newest price is ${prices['BTC/USDT']?.toFixed(1)}. ${'More words follow. '.repeat(count % 5)}`,
              0.5,
            )
          else if (count % 4 === 1) tick()
          else if (count % 4 === 2) {
            state.run.usd += 0.0001
            touch('runs', 'vote')
          } else {
            const first = orders[0]
            if (first !== undefined) first.updatedAt = Date.now()
            touch('orders', 'evidence')
          }
        }
      })
    },
    change(changes) {
      settings = { ...settings, ...changes }
      touch('settings')
    },
    setState(state) {
      latch = { ...latch, state, level: state === 'HALTED' ? 2 : null, epoch: latch.epoch + 1, at: Date.now() }
      touch()
    },
    shortcutIs(shortcut) {
      stopShortcut = shortcut
      touch()
    },
    loseFeed() {
      feedConnected = false
    },
    freeze() {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw() {
      frozen = false
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      for (const socket of sockets) socket.terminate()
      socketServer.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The scripted run needs nobody to look at it. */
function noReview(): never {
  throw new ORPCError('REVIEW_NOT_FOUND', { status: 404, message: 'There is no such review.' })
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

/** The ways to decide that the fake desk offers, whatever the goal. */
const planChoices: PlanChoices = {
  complete: true,
  choices: [
    {
      leaveOut: ['keywords', 'patterns'],
      slots: 4,
      seconds: 30,
      usd: 0.13,
      coverage: 0.83,
      sources: 8,
      marks: ['fastest'],
    },
    {
      leaveOut: ['macro', 'keywords', 'patterns'],
      slots: 3,
      seconds: 30,
      usd: 0.1,
      coverage: 0.67,
      sources: 7,
      marks: ['cheapest'],
    },
    { leaveOut: ['keywords'], slots: 4, seconds: 35, usd: 0.17, coverage: 0.94, sources: 9, marks: [] },
    { leaveOut: [], slots: 3, seconds: 45, usd: 0.19, coverage: 1, sources: 9, marks: ['profile'] },
  ],
}
