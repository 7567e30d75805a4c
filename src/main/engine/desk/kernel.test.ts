import { describe, expect, it } from 'vitest'
import { questions } from '#engine/agents/questions.ts'
import { createTailReader } from '#engine/trading/gate/tail-reader.ts'
import { contract } from '#shared/contract/index.ts'
import { seats } from '#shared/domain/agent.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { compare, decimal, multiply, sum, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { deskKernel, goal, shippedMandate } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'
import { createMemoryLatchStore } from '#test/fakes/memory-latch-store.ts'
import { noAnswer } from '#test/fakes/scripted-broker.ts'

const trader = { kind: 'human', id: 'trader' } as const
const typed = { reason: 'I have looked at it', account: 'paper', mode: 'PAPER' }
const dayMs = 86_400_000

async function started(given: Parameters<typeof deskKernel>[0] = {}) {
  const desk = deskKernel({ seed: 2, ...given })
  await desk.start()
  return desk
}

describe('a whole decision', () => {
  it('from the question to the fill: bought, booked, measured, and the journal verifies', async () => {
    const { kernel, decide, journal, queries } = await started()
    const { decision, fills, outcome, ended, tally } = await decide({ policy: 'simple-majority' })
    expect(ended).toEqual({ status: 'completed', reason: null })
    expect(decision).toMatchObject({ status: 'agreed', action: 'buy' })
    expect(tally?.outcome).toBe('buy')
    const order = queries.listOrders(undefined, 10).find(({ side }) => side === 'buy')
    expect(order).toMatchObject({ status: 'FILLED', runId: decision?.runId, decisionId: decision?.id })
    expect(decision?.market).not.toBeNull()
    expect(order?.benchmark).toMatchObject({ decided: decision?.market, arrival: { at: expect.any(Number) } })
    expect(fills.length).toBeGreaterThan(0)
    expect(outcome?.filledQuantity).toBe(order?.filledQuantity)
    expect(kernel.book.positions.get('BTC/USDT')?.quantity).toBe(order?.filledQuantity)
    expect(kernel.book.openedBy.get('BTC/USDT')).toBe(decision?.runId)
    expect(compare(kernel.equity() ?? ZERO, kernel.book.cash)).toBeGreaterThan(0)
    expect(await journal.verify()).toMatchObject({ status: 'verified' })
  })

  it('is carried out in parts where the trader wishes it: said, approved as one, protected, measured as one', async () => {
    const { kernel, decide, queries, clock } = await started()
    const { decision, ended, fills, outcome, messages } = await decide({ policy: 'simple-majority', algorithm: 'twap' })
    expect(ended).toEqual({ status: 'completed', reason: null })
    const [parent] = queries.listParentOrders(undefined, 10)
    const children = queries.listChildren(parent?.id ?? '')
    expect(parent).toMatchObject({ status: 'filled', decisionId: decision?.id, schedule: { algorithm: 'twap' } })
    expect(children.length).toBeGreaterThan(2)
    expect(children.every(({ status }) => status === 'FILLED')).toBe(true)
    expect(sum(children.map(({ quantity }) => quantity))).toBe(parent?.quantity)
    expect(new Set(fills.map(({ clientOrderId }) => clientOrderId)).size).toBe(children.length)
    expect(outcome?.filledQuantity).toBe(parent?.quantity)
    expect(messages.map(({ text }) => text)).toContain(parent?.schedule.why)
    await pass(clock, 3_000)
    const stops = [...kernel.book.orders.values()].filter(({ type }) => type === 'STOP_MARKET')
    expect(sum(stops.map(({ quantity }) => quantity))).toBe(parent?.quantity)
  })

  it('KS-10 what is carried out in parts ends with its run, and with a stop', async () => {
    for (const end of ['run', 'stop'] as const) {
      const { kernel, queries, clock, kinds } = await started()
      const about = { ...goal, policy: 'simple-majority', algorithm: 'twap' } as const
      const run = await settle(clock, kernel.runs.start(about, trader))
      await passUntil(clock, () => kinds().includes('parentOrderStarted'))
      await pass(clock, 1_000)
      if (end === 'run') kernel.runs.cancel(run.runId, 'enough')
      else kernel.halt(2, trader, 'drill')
      await settle(clock, run.ended)
      const sent = kinds().filter((kind) => kind === 'orderInitialized').length
      await pass(clock, 600_000)
      const status = end === 'run' ? 'cancelled' : 'stopped'
      expect(queries.listParentOrders(undefined, 10)).toEqual([expect.objectContaining({ status })])
      const parts = queries.listOrders(undefined, 50).filter(({ sliceOf }) => sliceOf !== null)
      expect(parts.length).toBeLessThanOrEqual(sent)
      expect(parts).toHaveLength(1)
    }
  })

  it('KS-6 the position that it opens has its stop and its target working, of the same decision', async () => {
    const { kernel, decide, clock } = await started()
    const { decision, proposals } = await decide({ policy: 'simple-majority' })
    await pass(clock, 2_000)
    const { stop, target } = proposals.find(({ id }) => id === decision?.proposalId) ?? {}
    const quantity = kernel.book.positions.get('BTC/USDT')?.quantity
    const common = { status: 'ACCEPTED', side: 'sell', reduceOnly: true, quantity, decisionId: decision?.id }
    const exits = [...kernel.book.orders.values()]
    expect(exits).toHaveLength(2)
    expect(exits).toContainEqual(expect.objectContaining({ ...common, type: 'STOP_MARKET', stopPrice: stop }))
    expect(exits).toContainEqual(expect.objectContaining({ ...common, type: 'LIMIT', limitPrice: target }))
    kernel.halt(2, trader, 'drill')
    await pass(clock, 2_000)
    expect(kernel.orders.stopProgress()).toMatchObject({ cancelsRequested: 0, unprotected: [] })
    kernel.halt(3, trader, 'worse')
    expect(kernel.orders.stopProgress()).toMatchObject({ cancelsRequested: 2, unprotected: ['BTC/USDT'] })
    await pass(clock, 5_000)
    expect(kernel.book.orders.size).toBe(0)
    await pass(clock, 40_000)
    kernel.rearm(trader, typed)
    await pass(clock, 2_000)
    expect([...kernel.book.orders.values()].map(({ type }) => type).sort()).toEqual(['LIMIT', 'STOP_MARKET'])
  })

  it("a purchase is cut to the mandate's value at risk, and the gate holds back one that is not", async () => {
    const limits = { maximumValueAtRisk: decimal(100), maximumExpectedShortfall: null }
    const desk = await started({ options: { mandate: { ...shippedMandate, ...limits } } })
    const { fills } = await desk.decide({ policy: 'simple-majority' })
    const tails = createTailReader(desk.feed)
    const worth = fills.reduce((sum, { quantity, price }) => sum + toNumber(multiply(quantity, price)), 0)
    const { valueAtRisk = 0 } = tails.read(new Map([['BTC/USDT', worth]]), desk.clock.now()) ?? {}
    expect(valueAtRisk).toBeGreaterThan(80)
    expect(valueAtRisk).toBeLessThanOrEqual(100)

    const more = desk.kernel.orders.submit({
      runId: null,
      proposalId: null,
      decisionId: 'more-of-it',
      by: 'trader',
      instrument: 'ETH/USDT',
      side: 'buy',
      quantity: decimal(2),
      limitPrice: null,
      timeInForce: 'IOC',
      reduceOnly: false,
      epoch: desk.kernel.latch.current().epoch,
    })
    await settle(desk.clock, more)
    const { clientOrderId } = await more
    const denied = desk.records.find(({ kind }) => kind === 'orderDenied')
    expect(denied?.data).toMatchObject({ clientOrderId, denial: { code: 'VALUE_AT_RISK_EXCEEDS_MAXIMUM' } })
  })

  it('RT-3 the same seed gives the same journal, byte for byte, another seed another one', async () => {
    const rootOf = async (seed: number) => {
      const desk = await started({ seed })
      await desk.decide({ profile: 'aggressive' })
      await settle(desk.clock, desk.journal.settled())
      return desk.journal.head()
    }
    const first = await rootOf(3)
    expect(await rootOf(3)).toEqual(first)
    expect(await rootOf(4)).not.toEqual(first)
  })

  it('ends in order: runs cancelled, nothing left to happen', async () => {
    const { kernel, clock, bus, kinds } = await started()
    const run = await settle(
      clock,
      kernel.runs.start({ instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' }, trader),
    )
    await passUntil(clock, () => kinds().includes('evidenceGathered'))
    await settle(clock, kernel.stop('done'))
    expect((await settle(clock, run.ended)).ended?.status).toBe('cancelled')
    await settle(clock, bus.close())
    await pass(clock, 120_000)
    expect(clock.nextAt()).toBeUndefined()
    expect(kernel.orders.link().connected).toBe(false)
  })
})

describe('halting', () => {
  it('only tightens: a lower level on a halted desk changes nothing', async () => {
    const { kernel } = await started()
    const first = kernel.halt(2, trader, 'drill')
    expect(kernel.halt(1, trader, 'again')).toEqual(first)
    expect(kernel.halt(2, trader, 'again')).toEqual(first)
    expect(kernel.halt(3, trader, 'worse')).toMatchObject({ state: 'HALTED', level: 3, epoch: first.epoch + 1 })
  })

  it('KS-18 a desk that stood still for more than five seconds halts when it runs again', async () => {
    const virtual = createVirtualClock(Date.UTC(2026, 5, 1, 9))
    let stoodMs = 0
    const clock: Clock = { ...virtual, monotonic: () => virtual.monotonic() + stoodMs }
    const { kernel } = await started({ clock: virtual, options: { clock } })
    await pass(virtual, 60_000)
    expect(kernel.latch.current().state).toBe('ACTIVE')
    stoodMs = 4_500
    await pass(virtual, 1_000)
    expect(kernel.latch.current().state).toBe('ACTIVE')
    stoodMs += 5_500
    await pass(virtual, 1_000)
    expect(kernel.latch.current()).toMatchObject({ state: 'HALTED', reason: 'The desk stood still for 6 s' })
  })

  it('KS-18 a broker that is silent for more than five seconds halts the desk', async () => {
    const { kernel, clock } = await started({ faults: { disconnectsPerHour: 400 } })
    let silentMs = 0
    for (let second = 0; second < 3_600 && kernel.latch.current().state === 'ACTIVE'; second++) {
      silentMs = kernel.orders.link().connected ? 0 : silentMs + 500
      expect(silentMs).toBeLessThan(6_500)
      await pass(clock, 500)
    }
    expect(kernel.latch.current().reason).toMatch(/^The broker is silent for \d+ s$/)
  })

  it('AU-1 a journal that cannot be written halts the desk', async () => {
    const { kernel, clock, journal } = await started()
    journal.database.exec("CREATE TEMP TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'full'); END")
    void journal.append({ kind: 'deskStopped', data: { why: 'nothing' }, actor: trader })
    await pass(clock, 1_000)
    expect(kernel.latch.current()).toMatchObject({ state: 'HALTED', level: 1 })
    expect(kernel.latch.current().reason).toContain('The journal cannot be written')
  })

  it('KS-17 a stop from outside is taken up within a look', async () => {
    const { kernel, clock, latchStore, kinds } = await started()
    latchStore.requestStop('parley stop')
    await pass(clock, 300)
    expect(kinds()).toContain('tradingStateChanged')
    expect(kernel.latch.current()).toMatchObject({ state: 'HALTED', reason: 'parley stop' })
  })
})

describe('OL-13 a broker that cannot be compared with at the start', () => {
  it('halts the desk, which cannot be re-armed before it was', async () => {
    let isDead = true
    const { kernel, clock } = await started({
      wrapBroker: (broker) => ({
        ...broker,
        connect: (listener) => broker.connect(listener),
        fills: (since) => (isDead ? new Promise(() => noAnswer()) : broker.fills(since)),
      }),
    })
    expect(kernel.latch.current()).toMatchObject({ state: 'HALTED', level: 1 })
    await pass(clock, 60_000)
    const rearm = () => kernel.rearm(trader, typed)
    expect(rearm).toThrow('the account has not been compared with the broker yet')
    isDead = false
    await pass(clock, 10_000)
    expect(rearm().state).toBe('ACTIVE')
  })
})

describe('KS-9 re-arming', () => {
  async function halted() {
    const desk = await started()
    desk.kernel.halt(2, trader, 'drill')
    return {
      ...desk,
      rearm:
        (given = {}, by: Parameters<typeof desk.kernel.rearm>[0] = trader) =>
        () =>
          desk.kernel.rearm(by, { ...typed, ...given }),
    }
  }

  it('needs a person, a reason, the account and the mode typed out, and each refusal is named', async () => {
    const { rearm, clock, kernel } = await halted()
    await pass(clock, 30_000)
    expect(rearm({}, { kind: 'agent', id: 'risk' })).toThrow('only a person may re-arm the desk')
    expect(rearm({}, { kind: 'system', id: 'desk' })).toThrow('only a person may re-arm the desk')
    expect(rearm({ reason: ' too short ' })).toThrow('the reason needs at least 10 characters')
    expect(rearm({ account: 'Paper' })).toThrow('the account is "paper", not "Paper"')
    expect(rearm({ mode: 'live' })).toThrow('the mode is "paper", not "live"')
    expect(kernel.latch.current().state).toBe('HALTED')
    expect(rearm()()).toMatchObject({ state: 'ACTIVE', by: 'trader', reason: typed.reason })
  })

  it('all that is wrong is named at once', async () => {
    const { rearm } = await halted()
    const wrong = expect.objectContaining({
      code: 'REARM_REFUSED',
      details: expect.objectContaining({ wrong: expect.objectContaining({ length: 4 }) }),
    })
    expect(rearm({ reason: '', account: '', mode: '' })).toThrow(wrong)
  })

  it('needs thirty seconds of cooling down, by the clock that nobody sets, also by way of REDUCING and after a restart', async () => {
    const { rearm, clock, kernel, journal, latchStore } = await halted()
    await pass(clock, 29_000)
    clock.jump(3_600_000)
    expect(rearm()).toThrow('the desk cools down for 1 more seconds')
    kernel.reduce(trader, 'closing by hand')
    expect(rearm()).toThrow('the desk cools down for 1 more seconds')
    await settle(clock, kernel.stop('restart'))
    const after = deskKernel({ seed: 2, clock, journal, latchStore })
    await after.start()
    const again = () => after.kernel.rearm(trader, typed)
    expect(again).toThrow('cools down')
    await pass(clock, 30_000)
    clock.jump(-7_200_000)
    expect(again().state).toBe('ACTIVE')
  })

  it('needs every order settled with the broker', async () => {
    const { rearm, clock, kernel } = await halted()
    await pass(clock, 30_000)
    const [id, order] = ['o', { clientOrderId: 'o', status: 'UNKNOWN' }] as const
    kernel.book.orders.set(id, order as never)
    expect(rearm()).toThrow('1 orders are not settled with the broker')
    kernel.book.orders.set(id, { ...order, status: 'ACCEPTED' } as never)
    expect(rearm()().state).toBe('ACTIVE')
  })

  it('an active desk stays as it is', async () => {
    const { kernel } = await started()
    const before = kernel.latch.current()
    expect(kernel.rearm(trader, { reason: '', account: '', mode: '' })).toEqual(before)
  })
})

describe('the day', () => {
  it('is opened once, from the first equity that can be told, and again on the next', async () => {
    const { records, clock, kernel } = await started()
    const days = () => records.flatMap((record) => (record.kind === 'dayOpened' ? [record.data] : []))
    const today = Math.floor(clock.now() / dayMs)
    expect(days()).toEqual([{ day: today, equity: '100000' }])
    await pass(clock, 10_000)
    expect(days()).toHaveLength(1)
    clock.jump(dayMs)
    await pass(clock, 500)
    expect(days().map(({ day }) => day)).toEqual([today, today + 1])
    clock.jump(-dayMs)
    await pass(clock, 500)
    expect(days()).toHaveLength(2)
    expect(kernel.book.day).toBe(today + 1)
  })
})

describe('starting', () => {
  it('KS-7 a halted desk starts halted, and connects only to look', async () => {
    const latch: Latch = { state: 'HALTED', epoch: 7, level: 2, by: 'trader', reason: 'drill', at: 0 }
    const { kernel } = await started({ latchStore: createMemoryLatchStore(latch) })
    expect(kernel.latch.current()).toEqual(latch)
    expect(kernel.orders.link()).toMatchObject({ connected: true, compared: true })
  })

  it('opens the account once', async () => {
    const first = await started()
    await settle(first.clock, first.kernel.stop('restart'))
    const again = deskKernel({ seed: 2, clock: first.clock, journal: first.journal, latchStore: first.latchStore })
    await again.start()
    expect(again.kinds()).not.toContain('accountOpened')
    expect(again.kernel.book).toMatchObject({ account: 'paper', cash: '100000' })
  })

  it('an agent that begins to fail is recorded once, and once more when it works again', async () => {
    const { clock, bus, records, decide } = await started()
    for (let time = 0; time < 6; time++) {
      const asked = bus.request('agent.validator', { action: 'validate', input: null }, { timeoutMs: 100 })
      await expect(settle(clock, asked)).rejects.toMatchObject({ code: 'AGENT_FAILED' })
    }
    await decide()
    const changes = records.flatMap((record) => (record.kind === 'agentStatusChanged' ? [record.data.health] : []))
    expect(changes.map(({ seat, status, failed }) => [seat, status, failed])).toEqual([
      ['validator', 'failing', 3],
      ['validator', 'idle', 6],
    ])
  })
})

describe('KS-11 what an agent can reach', () => {
  /** What only a person may do, by its procedure in the contract. */
  const people = [
    'trading.stop',
    'trading.reduce',
    'trading.rearm',
    'trading.cancel',
    'trading.cancelAll',
    'trading.change',
    'trading.cancelParent',
    'trading.close',
    'trading.reconcile',
    'settings.change',
    'settings.forgetKey',
    'settings.keepKey',
    'market.import',
    'plans.create',
    'plans.start',
    'plans.cancel',
    'plans.vote',
    'plans.resolveConflict',
    'plans.addProposal',
    'plans.schedule',
    'plans.unschedule',
    'runs.start',
    'runs.cancel',
    'runs.pause',
    'runs.resume',
    'runs.addResearch',
    'reviews.approve',
    'reviews.edit',
    'reviews.reject',
    'reviews.ask',
    'reviews.snooze',
    'reviews.recordBlind',
    'conversations.say',
  ]

  it('every procedure that changes something is named here, so that a new one is looked at', () => {
    const changing = Object.entries(contract).flatMap(([noun, procedures]) =>
      Object.entries(procedures).flatMap(([verb, procedure]) =>
        procedure['~orpc'].route.method === 'GET' ? [] : [`${noun}.${verb}`],
      ),
    )
    expect(changing.toSorted()).toEqual([...people, 'journal.verify'].toSorted())
  })

  it('the bus leads to the seats alone, and a seat knows no more than the questions of a run', async () => {
    const topics: string[] = []
    const { bus, clock, kernel } = await started({
      wrapBus: (inner) => ({
        ...inner,
        respond(topic, answer, limits) {
          topics.push(topic)
          return inner.respond(topic, answer, limits)
        },
        subscribe(topic, handle, limits) {
          topics.push(topic)
          return inner.subscribe(topic, handle, limits)
        },
      }),
    })
    expect(topics.toSorted()).toEqual(seats.map((seat) => `agent.${seat}`).toSorted())
    const before = kernel.latch.current()
    const wishes = [...people.map((name) => name.split('.')[1] ?? ''), 'raiseLimit', 'change', 'submit', 'constructor']
    for (const topic of topics) {
      for (const action of wishes) {
        const asked = settle(clock, bus.request(topic, { action, input: {} }, { timeoutMs: 100 }))
        await expect(asked).rejects.toMatchObject({ code: 'AGENT_CANNOT' })
      }
      const refusal = await settle(clock, bus.request(topic, { action: '' }, { timeoutMs: 100 })).catch(
        (error: { details: { actions: string[] } }) => error.details.actions,
      )
      for (const action of refusal as string[]) expect(Object.keys(questions)).toContain(action)
    }
    expect(kernel.latch.current()).toEqual(before)
  })
})
