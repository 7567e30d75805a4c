import { describe, expect, it } from 'vitest'
import type { Entry } from '#engine/journal/journal.ts'
import { applyToBook, bookFromJson, bookToJson, emptyBook } from '#engine/trading/positions/book.ts'
import { readTemplates } from '#main/config/templates.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { type PlanTemplate, planTemplateSchema, type TriggerKind } from '#shared/domain/plan-template.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskKernel } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const system = { kind: 'system', id: 'test' } as const
const shipped = readTemplates(undefined).value
const analyse = shipped.find(({ name }) => name === 'analyse-symbol')

/** A template that only finds out, started by a trigger. */
function watching(kind: TriggerKind, parameters: Record<string, number> = {}): PlanTemplate {
  if (analyse === undefined) throw new Error('There is no template to start.')
  return { ...analyse, name: 'watching', trigger: { kind, restSeconds: 60 }, parameters }
}

/** A desk that holds BTC/USDT. */
async function holding(template: PlanTemplate) {
  const desk = deskKernel({ seed: 2, options: { templates: [template] } })
  await desk.start()
  await desk.decide({ policy: 'simple-majority', profile: 'aggressive' })
  expect(desk.kernel.book.positions.get('BTC/USDT')?.quantity).not.toBe('0')
  const made = () => desk.queries.listPlans(10).filter(({ template: name }) => name === 'watching')
  const append = (entry: Entry) => settle(desk.clock, desk.journal.append(entry))
  return { ...desk, made, append }
}

describe('a plan begins by itself where', () => {
  it('the market of what is held turns, and says from what to what', async () => {
    const { append, clock, made, records } = await holding(watching('regimeChange'))
    await passUntil(clock, () => records.some(({ kind }) => kind === 'regimeChanged'))
    // What is seen for the first time is no change.
    await pass(clock, 5_000)
    expect(made()).toEqual([])
    const data = { instrument: 'BTC/USDT', before: 'range', after: 'crisis', confidence: 0.83 } as const
    await append({ kind: 'regimeChanged', data, actor: system })
    await pass(clock, 3_000)
    expect(made()).toMatchObject([
      { instrument: 'BTC/USDT', occasion: 'The market of BTC/USDT turned from range to crisis (83 % sure).' },
    ])
  })

  it('a position’s stop is moved', async () => {
    const { append, clock, made, queries } = await holding(watching('stopMoved'))
    const [like] = queries.listOrders('BTC/USDT', 1)
    if (like === undefined) throw new Error('Nothing was ordered.')
    const stop = {
      ...like,
      clientOrderId: 'stop',
      side: 'sell',
      type: 'STOP_MARKET',
      status: 'ACCEPTED',
      stopPrice: decimal(50_000),
      reduceOnly: true,
    } as const
    await append({ kind: 'orderInitialized', data: { order: stop }, actor: system })
    await pass(clock, 3_000)
    expect(made()).toEqual([])
    const data = { clientOrderId: 'stop', quantity: like.quantity, limitPrice: null, stopPrice: decimal(55_000) }
    await append({ kind: 'orderUpdated', data, actor: system })
    await pass(clock, 3_000)
    expect(made()).toMatchObject([{ occasion: expect.stringContaining('was moved from 50000 to 55000') }])
  })

  it('a price moves, by more than what the template says', async () => {
    const none = await holding(watching('priceMove', { move: 0.9, withinSeconds: 600 }))
    await pass(none.clock, 120_000)
    expect(none.made()).toEqual([])
    const { clock, made } = await holding(watching('priceMove', { move: 0.0001, withinSeconds: 600 }))
    await passUntil(clock, () => made().length > 0)
    expect(made()[0]?.occasion).toMatch(/^\w+\/USDT moved [+−-]\d+\.\d % within 10 min/)
  })

  it('the equity falls, by more than what the template says', async () => {
    const none = await holding(watching('drawdown', { above: 0.5 }))
    await pass(none.clock, 60_000)
    expect(none.made()).toEqual([])
    // Buying alone costs fees.
    const { clock, made } = await holding(watching('drawdown', { above: 0.00001 }))
    await passUntil(clock, () => made().length > 0)
    expect(made()[0]?.occasion).toMatch(/^The equity is \d+\.\d % below its highest/)
  })
})

describe('the highest equity', () => {
  it('outlives the process: a restart does not forget the peak', async () => {
    const before = await holding(watching('drawdown', { above: 0.9 }))
    await before.append({ kind: 'equityPeaked', data: { equity: decimal(200_000) }, actor: system })
    await settle(before.clock, before.kernel.stop('The test begins anew.'))
    const { journal, clock, latchStore } = before
    const again = deskKernel({
      seed: 2,
      journal,
      clock,
      latchStore,
      options: { templates: [watching('drawdown', { above: 0.4 })] },
    })
    await again.start()
    const made = () => again.queries.listPlans(10).filter(({ template: name }) => name === 'watching')
    await passUntil(clock, () => made().length > 0)
    expect(made()[0]?.occasion).toMatch(/^The equity is \d\d\.\d % below its highest, more than 40\.0 %/)
  })

  it('is recorded as it rises, and folded by day and by peak', () => {
    const book = emptyBook()
    const fold = (event: DeskEvent, at: number) => applyToBook(book, event, at)
    fold({ kind: 'dayOpened', data: { day: 1, equity: decimal(100) } }, 1)
    fold({ kind: 'equityPeaked', data: { equity: decimal(120) } }, 2)
    fold({ kind: 'dayOpened', data: { day: 2, equity: decimal(110) } }, 3)
    expect(book.highest).toEqual({ equity: decimal(120), at: 2 })
    expect(bookFromJson(structuredClone(bookToJson(book))).highest).toEqual(book.highest)
  })
})

it('a trigger without the parameter that it looks at is refused, naming it', () => {
  const { name: _name, ...template } = watching('priceMove', { move: 0.05 })
  const { error } = planTemplateSchema.safeParse(template)
  expect(error?.issues[0]?.message).toBe('the trigger "priceMove" looks at the parameter "withinSeconds"')
})
