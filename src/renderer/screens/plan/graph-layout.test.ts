import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { directNeeds, layoutGraph, neighbour, nodeHeight, nodeWidth, slotLine, smoothLine } from './graph-layout.ts'

const plan = [
  { id: 'a', needs: [] },
  { id: 'b', needs: [] },
  { id: 'c', needs: ['a'] },
  { id: 'd', needs: ['a', 'b', 'c'] },
]

describe('what is drawn', () => {
  it('leaves out a need that follows from others', () => {
    expect(directNeeds(plan).get('d')).toEqual(['b', 'c'])
    expect(
      directNeeds([
        { id: 'x', needs: ['x2', 'x2', 'gone'] },
        { id: 'x2', needs: [] },
      ]).get('x'),
    ).toEqual(['x2'])
  })

  it('goes from left to right and marks the critical path', () => {
    const { edges } = layoutGraph(plan, ['a', 'c', 'd'])
    expect(edges.filter(({ critical }) => critical).map(({ from, to }) => `${from} ${to}`)).toEqual(['a c', 'c d'])
    for (const { points } of edges) expect(points.at(-1)?.x ?? 0).toBeGreaterThan(points[0]?.x ?? 0)
  })

  it('marks where the path goes through a slot', () => {
    const graph = layoutGraph(plan, ['b', 'c', 'd'])
    expect(graph.slotLinks).toEqual([{ from: 'b', to: 'c' }])
    expect(slotLine(graph, { from: 'b', to: 'c' })).toMatch(/^M[\d. C-]+$/)
  })

  it('keeps nodes apart and everything after what it needs, in any plan', () => {
    const drawn = fc.array(fc.array(fc.nat(24), { maxLength: 4 }), { minLength: 1, maxLength: 24 }).map((all) =>
      all.map((needs, index) => ({
        id: `s${index}`,
        needs: needs.filter((need) => need < index).map((need) => `s${need}`),
      })),
    )
    fc.assert(
      fc.property(drawn, (steps) => {
        const { places } = layoutGraph(steps, [])
        const at = [...places.values()]
        expect(at.length).toBe(steps.length)
        for (const [index, a] of at.entries()) {
          for (const b of at.slice(index + 1)) {
            expect(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight).toBe(true)
          }
        }
        for (const { id, needs } of steps) {
          for (const need of needs) {
            expect((places.get(id)?.x ?? 0) - (places.get(need)?.x ?? 0)).toBeGreaterThan(nodeWidth)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is a smooth line that begins and ends level', () => {
    expect(
      smoothLine([
        { x: 0, y: 0 },
        { x: 10, y: 20 },
      ]),
    ).toBe('M0 0 C5 0 5 20 10 20')
    expect(smoothLine([])).toBe('')
  })
})

describe('UX-16 the arrow keys', () => {
  const graph = layoutGraph(plan, ['a', 'c', 'd'])

  it('follow the lines, the critical one first', () => {
    expect(neighbour(graph, 'a', 'ArrowRight')).toBe('c')
    expect(neighbour(graph, 'd', 'ArrowLeft')).toBe('c')
    expect(neighbour(graph, 'd', 'ArrowRight')).toBeNull()
    expect(neighbour(graph, 'gone', 'ArrowRight')).toBeNull()
  })

  it('go up and down within a layer, and to both ends', () => {
    const fan = layoutGraph(
      ['x', 'y', 'z'].map((id) => ({ id, needs: [] })),
      [],
    )
    const [top = '', middle = '', bottom = ''] = [...fan.places].sort(([, a], [, b]) => a.y - b.y).map(([id]) => id)
    expect(neighbour(fan, top, 'ArrowDown')).toBe(middle)
    expect(neighbour(fan, bottom, 'ArrowUp')).toBe(middle)
    expect(neighbour(fan, top, 'ArrowUp')).toBeNull()
    expect(neighbour(graph, 'd', 'Home')).toMatch(/[ab]/)
    expect(neighbour(graph, 'a', 'End')).toBe('d')
  })

  it('reach every step from the first', () => {
    const reached = new Set<string>(['a'])
    const queue = ['a']
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      for (const move of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const) {
        const to = neighbour(graph, id, move)
        if (to !== null && !reached.has(to)) {
          reached.add(to)
          queue.push(to)
        }
      }
    }
    expect([...reached].sort()).toEqual(['a', 'b', 'c', 'd'])
  })
})
