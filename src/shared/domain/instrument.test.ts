import { describe, expect, it } from 'vitest'
import { btc, eth } from '#test/builders/orders.ts'
import { btcPerpetual } from '#test/builders/perpetuals.ts'
import { findInstrument, instrumentSchema, isPerpetual } from './instrument.ts'

describe('what is typed for an instrument', () => {
  it('means the pair, or its perpetual where that is said', () => {
    const find = (typed: string) => findInstrument([btc, eth, btcPerpetual], typed)?.id
    for (const typed of ['BTC/USDT', 'btc-usdt', 'BTCUSDT ']) expect(find(typed)).toBe('BTC/USDT')
    for (const typed of ['btc/usdt:usdt', 'BTCUSDT-PERP', 'btc-usdt-perp']) expect(find(typed)).toBe('BTC/USDT:USDT')
    expect(find('eth-usdt-perp')).toBeUndefined()
  })
})

describe('a perpetual', () => {
  it('is told by its id, and has its terms', () => {
    expect([btc, btcPerpetual].map(({ id }) => isPerpetual(id))).toEqual([false, true])
    for (const one of [btc, btcPerpetual]) expect(instrumentSchema.parse(one)).toEqual(one)
    const { perpetual, ...withoutTerms } = btcPerpetual
    expect(instrumentSchema.safeParse(withoutTerms).success).toBe(false)
    expect(instrumentSchema.safeParse({ ...btc, perpetual }).success).toBe(false)
  })
})
