import { describe, expect, it } from 'vitest'
import type { Status } from '#shared/contract/system.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { isFeedStale, statusAlerts } from './alerts.ts'

const now = Date.UTC(2026, 10, 20, 14)
const quiet: Status = {
  version: '1',
  mode: 'paper',
  account: {
    id: 'paper-1',
    mode: 'paper',
    currency: 'USDT',
    cash: decimal('1'),
    equity: null,
    dayStartEquity: decimal('1'),
    unknown: null,
    asOf: now,
  },
  dayPnl: null,
  latch: { state: 'ACTIVE', epoch: 1, level: null, by: 'trader', reason: 'start', at: now },
  stop: null,
  feed: { connected: true, name: 'simulated', lastTickAt: now - 300, staleAfterMs: 10_000 },
  broker: { connected: true, name: 'paper', latencyMs: 4 },
  deadManSwitch: { supported: true, on: false, armedUntil: null, refreshedAt: null, failure: null },
  stopShortcut: { state: 'armed', accelerator: 'CommandOrControl+Alt+Shift+H' },
  activeRunId: null,
  deadLetters: 0,
  spending: { todayUsd: 0, limitUsd: 20 },
  reviews: { waiting: 0, nextExpiresInMs: null, habit: null },
  loop: { p50Ms: 0.1, p99Ms: 2, maxMs: 30, alarm: null },
  now,
  journalSize: 1,
}

const delay = { p50Ms: 20, p99Ms: 400, maxMs: 900 }

describe('alerts', () => {
  it('are none on a quiet desk', () => {
    expect(statusAlerts(quiet)).toEqual([])
  })

  it('KS-19 say when the venue’s timer could not be set, or ran out; not while it is off', () => {
    const timer = { ...quiet.deadManSwitch, on: true, armedUntil: now + 40_000, refreshedAt: now }
    expect(statusAlerts({ ...quiet, deadManSwitch: timer })).toEqual([])
    const [failed] = statusAlerts({ ...quiet, deadManSwitch: { ...timer, failure: 'no answer' } })
    expect(failed).toMatchObject({ tone: 'bad', title: expect.stringContaining('40 s left (no answer)') })
    const [over] = statusAlerts({ ...quiet, deadManSwitch: { ...timer, armedUntil: now - 1 } })
    expect(over).toMatchObject({ title: expect.stringContaining('ran out') })
    expect(statusAlerts({ ...quiet, deadManSwitch: { ...timer, on: false, failure: 'no answer' } })).toEqual([])
  })

  it('name the gravest first, and say what each means for trading and what to do', () => {
    const progress = {
      cancelsRequested: 1,
      cancelsConfirmed: 0,
      cancelsFailed: 0,
      unknown: 1,
      stillLive: [],
      unprotected: ['BTC/USDT'],
    }
    const alerts = statusAlerts({ ...quiet, stop: progress, deadLetters: 2, loop: { ...delay, alarm: 'slow' } })
    expect(alerts.map(({ id }) => id)).toEqual(['unknown', 'unprotected', 'letters', 'loop'])
    expect(alerts.every(({ effect, next }) => effect !== '' && next !== '')).toBe(true)
  })
})

describe('OL-15 an account that is unknown', () => {
  it('is the gravest of all, and says why', () => {
    const account = { ...quiet.account, cash: null, unknown: 'The journal was damaged' }
    const [alert] = statusAlerts({ ...quiet, account, deadLetters: 1 })
    expect(alert).toMatchObject({ id: 'account', tone: 'bad', effect: expect.stringContaining('was damaged') })
  })
})

describe('EL-2 the stop shortcut', () => {
  it('that is not armed asks for attention, with the other ways to stop; one that is not available here does not', () => {
    const accelerator = 'CommandOrControl+Alt+Shift+H'
    const [alert, ...more] = statusAlerts({ ...quiet, stopShortcut: { state: 'not armed', accelerator } })
    expect(more).toEqual([])
    expect(alert).toMatchObject({ id: 'shortcut', tone: 'warn', next: expect.stringContaining('parley stop') })
    expect(statusAlerts({ ...quiet, stopShortcut: { state: 'not available' } })).toEqual([])
  })
})

describe('the feed is stale', () => {
  it('when its newest price is over ten seconds old, missing, or its link is down', () => {
    const feed = quiet.feed
    expect(isFeedStale({ feed: { ...feed, lastTickAt: now - 10_001 }, now })).toBe(true)
    expect(isFeedStale({ feed: { ...feed, lastTickAt: null }, now })).toBe(true)
    expect(isFeedStale({ feed: { ...feed, connected: false }, now })).toBe(true)
    expect(isFeedStale({ feed: { ...feed, lastTickAt: now - 9_999 }, now })).toBe(false)
  })
})
