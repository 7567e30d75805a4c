import { describe, expect, it } from 'vitest'
import { labRoute } from './lab-route.ts'

const request = {
  side: 'buy',
  quantity: '3',
  venues: [
    {
      name: 'near',
      quantityStep: '0.1',
      takerFee: 0.001,
      bids: [[99, 1]],
      asks: [
        ['100', '1'],
        ['104', 9],
      ],
    },
    { name: 'far', quantityStep: '0.1', takerFee: '0.002', bids: [[98, 1]], asks: [[101, '5']] },
  ],
}

describe('lab route', () => {
  it('splits an order over the venues of a file', () => {
    const { parts, unrouted } = labRoute(JSON.stringify(request))
    expect(parts.map(({ venue, quantity }) => `${venue} ${quantity}`)).toEqual(['near 1', 'far 2'])
    expect(unrouted).toBe('0')
  })

  it('says what it cannot read, and where', () => {
    const wrong = (text: string) => () => labRoute(text)
    expect(wrong('{')).toThrow(expect.objectContaining({ code: 'PARAMETERS_INVALID' }))
    expect(wrong(JSON.stringify({ ...request, quantity: 'lots' }))).toThrow(/quantity: is no decimal number/)
    expect(wrong(JSON.stringify({ ...request, venues: [{ name: 'near' }] }))).toThrow(/venues\.0\.quantityStep/)
  })
})
