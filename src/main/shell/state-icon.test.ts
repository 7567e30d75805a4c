import { describe, expect, it } from 'vitest'
import { drawState } from './state-icon.ts'

const size = 16

function shape(state: 'ACTIVE' | 'REDUCING' | 'HALTED'): string[] {
  const pixels = drawState(state, size)
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (pixels[(row * size + column) * 4 + 3] ? '#' : '.')).join(''),
  )
}

describe('EL-4 the tray tells the state by shape', () => {
  it('draws three shapes that differ in a tenth of their pixels or more, whatever their colours', () => {
    const states = ['ACTIVE', 'REDUCING', 'HALTED'] as const
    for (const left of states) {
      for (const right of states.filter((state) => state !== left)) {
        const [a, b] = [drawState(left, size), drawState(right, size)]
        const differing = a.filter((alpha, index) => index % 4 === 3 && alpha !== b[index])
        expect(differing.length).toBeGreaterThan((size * size) / 10)
      }
    }
  })

  it('draws a disc, a triangle on its tip and a square', () => {
    expect(shape('ACTIVE')[1]).toMatch(/^\.+#{4,8}\.+$/)
    expect(shape('REDUCING')[2]?.replaceAll('.', '').length).toBeGreaterThan(10)
    expect(shape('REDUCING')[13]?.replaceAll('.', '').length).toBeLessThan(4)
    expect(shape('HALTED')[2]).toBe(shape('HALTED')[13])
  })
})
