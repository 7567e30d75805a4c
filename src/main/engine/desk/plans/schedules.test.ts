import { describe, expect, it } from 'vitest'
import { readTemplates } from '#main/config/templates.ts'
import { type ScheduleTerms, scheduleTermsSchema } from '#shared/domain/schedule.ts'
import { deskKernel, shippedCalendars } from '#test/builders/desk-kernel.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const
const templates = readTemplates(undefined).value
const hourMs = 3_600_000
const refusal = (code: string) => expect.objectContaining({ code })

async function started(given: Parameters<typeof deskKernel>[0] = {}) {
  const desk = deskKernel({ seed: 2, ...given, options: { templates, ...given.options } })
  await desk.start()
  const { kernel, clock, journal, records } = desk
  const set = (terms: Partial<ScheduleTerms> = {}, scheduleId?: string) =>
    settle(
      clock,
      kernel.schedules.set(
        scheduleId,
        scheduleTermsSchema.parse({ template: 'analyse-symbol', instrument: 'BTC/USDT', cron: '0 * * * *', ...terms }),
        trader,
      ),
    )
  const only = () => {
    const [schedule] = kernel.schedules.list()
    if (schedule === undefined) throw new Error('There is no schedule.')
    return { ...schedule, nextAt: kernel.schedules.nextAt(schedule) }
  }
  const plans = () => desk.queries.listPlans(100)
  /** Closes the desk, and opens another one so much later, its clock set back by so much. */
  async function restart(afterMs: number, setBackMs = 0) {
    await settle(clock, kernel.stop('closed'))
    await settle(clock, journal.settled())
    await pass(clock, afterMs)
    const later = { ...clock, now: () => clock.now() - setBackMs }
    const again = deskKernel({ seed: 2, journal, clock: later, latchStore: desk.latchStore, options: { templates } })
    await again.start()
    await pass(clock, 3_000)
    return { ...again, schedules: () => again.kernel.schedules.list(), plans: () => again.queries.listPlans(100) }
  }
  return { ...desk, set, only, plans, restart, ofKind: (kind: string) => records.filter((one) => one.kind === kind) }
}

describe('a schedule', () => {
  it('makes a plan at each of its times, and the firing names it', async () => {
    const { set, only, plans, clock, ofKind } = await started()
    await set()
    expect(only().nextAt).toBe(Date.UTC(2026, 5, 1, 10))
    await pass(clock, 2.2 * hourMs)
    const made = plans()
    expect(made).toHaveLength(2)
    expect(made[0]).toMatchObject({
      template: 'analyse-symbol',
      state: 'completed',
      occasion: 'Scheduled for 2026-06-01 11:00 UTC.',
      initiator: { kind: 'system' },
    })
    expect(ofKind('scheduleFired').map(({ data }) => data)).toMatchObject([
      { dueAt: Date.UTC(2026, 5, 1, 10), planId: made[1]?.id },
      { dueAt: Date.UTC(2026, 5, 1, 11), planId: made[0]?.id },
    ])
    expect(only()).toMatchObject({ nextAt: Date.UTC(2026, 5, 1, 12), last: { planId: made[0]?.id } })
  })

  it('that is given other terms keeps its id and goes by them, and one that is switched off makes no plan', async () => {
    const { set, only, plans, clock, kernel } = await started()
    const { id } = await set()
    await set({ cron: '30 * * * *' }, id)
    expect(kernel.schedules.list()).toHaveLength(1)
    expect(only().nextAt).toBe(Date.UTC(2026, 5, 1, 9, 30))
    await settle(clock, kernel.schedules.switchOff(id, 'Enough', trader))
    expect(only()).toMatchObject({ isOn: false, offReason: 'Enough', nextAt: null })
    await pass(clock, 2 * hourMs)
    expect(plans()).toEqual([])
    await expect(settle(clock, kernel.schedules.switchOff(id, 'Again', trader))).rejects.toEqual(
      refusal('SCHEDULE_OFF'),
    )
  })

  it.each([
    ['a text that is no schedule', { cron: 'at nine' }, 'CRON_INVALID'],
    ['a time zone that there is none of', { timezone: 'Mars' }, 'TIMEZONE_UNKNOWN'],
    ['a day that never comes', { cron: '0 0 30 2 *' }, 'SCHEDULE_NEVER_DUE'],
    ['a template that is not there', { template: 'astrology' }, 'TEMPLATE_NOT_FOUND'],
    ['an instrument that is not there', { instrument: 'XYZ/USDT' }, 'INSTRUMENT_NOT_FOUND'],
    ['a parameter that nobody takes', { parameters: { luck: 1 } }, 'PARAMETER_UNKNOWN'],
  ])('with %s is refused when it is made', async (_what, terms, code) => {
    const { set, kinds } = await started()
    await expect(set(terms)).rejects.toEqual(refusal(code))
    expect(kinds()).not.toContain('scheduleMade')
  })

  it('passes over times at which the market is closed', async () => {
    const calendars = { ...shippedCalendars, instruments: { 'BTC/USDT': 'stock' } }
    const { set, only } = await started({ options: { calendars } })
    await set({ cron: '0 * * * *' })
    expect(new Date(only().nextAt ?? 0).toISOString()).toBe('2026-06-01T14:00:00.000Z')
    await expect(set({ cron: '0 3 * * *' })).rejects.toEqual(refusal('SCHEDULE_NEVER_DUE'))
  })

  it('does not pile plans up: while the one before is under way the time is missed, and said', async () => {
    const { set, only, plans, clock, kernel } = await started()
    await set({ cron: '* * * * *', template: 'daily-trading-strategy', instrument: 'ETH/USDT' })
    await pass(clock, 60_000)
    const runId = plans()[0]?.runId ?? ''
    await settle(clock, kernel.runs.pause(runId, 'I look at it first.', trader))
    await pass(clock, 61_000)
    expect(plans()).toHaveLength(1)
    expect(only().missed).toMatchObject({ times: 1, why: 'The plan before it has not ended.' })
  })

  it('of a desk that is halted makes no plan, and says why', async () => {
    const { set, only, plans, clock, kernel } = await started()
    await set()
    kernel.halt(2, trader, 'drill')
    await pass(clock, hourMs)
    expect(plans()).toEqual([])
    expect(only().missed).toMatchObject({ times: 1, why: expect.stringContaining('halted: drill') })
  })
})

describe('after a restart', () => {
  it('what was missed is said, and not made up', async () => {
    const { set, restart } = await started()
    await set()
    const { schedules, plans, kernel } = await restart(5.5 * hourMs)
    expect(plans()).toEqual([])
    const [schedule] = schedules()
    expect(schedule?.missed).toMatchObject({ times: 5, why: 'The desk was not there.' })
    expect(schedule && kernel.schedules.nextAt(schedule)).toBe(Date.UTC(2026, 5, 1, 15))
  })

  it('what fell due just now is made up, once', async () => {
    const { set, restart } = await started()
    await set()
    const { plans, clock, queries, records } = await restart(hourMs + 300_000)
    expect(plans()).toHaveLength(1)
    await pass(clock, 600_000)
    expect(queries.listPlans(10)).toHaveLength(1)
    expect(records.filter(({ kind }) => kind === 'scheduleFired')).toHaveLength(1)
  })

  it('what fired before is not fired again, though the clock was set back', async () => {
    const { set, restart, clock, plans } = await started()
    await set()
    await pass(clock, 1.1 * hourMs)
    const before = plans().length
    const again = await restart(0, 0.5 * hourMs)
    await pass(clock, 0.6 * hourMs)
    expect(again.plans()).toHaveLength(before)
  })

  it('hundreds of missed times are counted, a part in each turn', async () => {
    const { set, restart } = await started()
    await set({ cron: '* * * * *' })
    const { schedules, clock } = await restart(10 * hourMs + 1)
    await pass(clock, 3_000)
    const [schedule] = schedules()
    expect((schedule?.missed?.times ?? 0) + 15).toBeGreaterThanOrEqual(600)
  })
})
