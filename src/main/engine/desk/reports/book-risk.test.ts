import { describe, expect, it } from 'vitest'
import { createTailReader } from '#engine/trading/gate/tail-reader.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { heldParts, reportedAt, reportedFeed, reportParts } from '#test/builders/report-parts.ts'
import { riskWith } from './book-risk.ts'

describe('the risk of the whole book with a proposal', () => {
  const bitcoin = reportedFeed.instruments().find(({ id }) => id === 'BTC/USDT')
  if (bitcoin === undefined) throw new Error('BTC/USDT trades.')
  const buy = (coins: string) => riskWith(heldParts, { action: 'buy', quantity: decimal(coins) }, bitcoin)

  it('is what the gate measures before it, and rises with what is bought', () => {
    const risk = buy('0.5')
    const gate = createTailReader(reportedFeed).read(
      new Map([
        ['BTC/USDT', 8_000],
        ['ETH/USDT', 2_000],
      ]),
      reportedAt,
    )
    expect(risk?.before.expectedShortfall).toBeCloseTo(gate?.expectedShortfall ?? 0, 0)
    expect(risk?.after.expectedShortfall).toBeGreaterThan(risk?.before.expectedShortfall ?? Number.NaN)
    expect(risk?.share).toBeGreaterThan(0.8)
    expect(risk?.worst.change).toBeLessThan(0)
    expect(buy('0')?.after).toEqual(buy('0')?.before)
  })

  it('falls with what is sold, and is nothing of an empty book', () => {
    const quantity = heldParts.book.positions.get('BTC/USDT')?.quantity ?? ZERO
    const sold = riskWith(heldParts, { action: 'sell', quantity }, bitcoin)
    expect(sold?.after.expectedShortfall).toBeLessThan(sold?.before.expectedShortfall ?? Number.NaN)
    const hold = riskWith(reportParts({}), { action: 'hold', quantity: ZERO }, bitcoin)
    expect(hold).toMatchObject({ before: { expectedShortfall: 0 }, after: { expectedShortfall: 0 }, share: 0 })
  })

  it('is unavailable without a price or bars', () => {
    const noPrice = { ...reportedFeed, quote: (id: string) => (id === 'ETH/USDT' ? undefined : reportedFeed.quote(id)) }
    expect(riskWith({ ...heldParts, feed: noPrice }, { action: 'buy', quantity: decimal(1) }, bitcoin)).toBeNull()
    const young = { ...reportedFeed, bars: () => [] }
    expect(riskWith({ ...heldParts, feed: young }, { action: 'buy', quantity: decimal(1) }, bitcoin)).toBeNull()
  })
})
