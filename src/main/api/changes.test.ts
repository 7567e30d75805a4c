import { describe, expect, it } from 'vitest'
import { deskKernel } from '#test/builders/desk-kernel.ts'
import { nounsOf } from './changes.ts'

describe('what a page fetches again', () => {
  it('covers all that a decision changes', async () => {
    const desk = deskKernel({ seed: 2 })
    await desk.start()
    await desk.decide({ policy: 'simple-majority' })
    const nouns = new Set(desk.kinds().flatMap(nounsOf))
    expect([...nouns].toSorted()).toEqual([
      'agents',
      'evidence',
      'memory',
      'messages',
      'orders',
      'plans',
      'positions',
      'runs',
      'vote',
    ])
  })

  it('is the position too where something was filled, and nothing where only the status changes', () => {
    expect(nounsOf('orderFilled')).toEqual(['orders', 'positions'])
    expect(nounsOf('dayOpened')).toEqual([])
    expect(nounsOf('tradingStateChanged')).toEqual(['positions'])
    expect(nounsOf('settingsChanged')).toEqual(['settings'])
  })
})
