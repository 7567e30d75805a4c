import { Graph, type GraphLabel, layout, type NodeLabel } from '@dagrejs/dagre'

/** Size of a node, in pixels at full scale. */
export const nodeWidth = 152
export const nodeHeight = 84

export interface GraphPoint {
  readonly x: number
  readonly y: number
}

/** What a step waits for, as it is drawn. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly critical: boolean
  /** From the right of one node to the left of the other, around the nodes between them. */
  readonly points: readonly GraphPoint[]
}

/** Two steps of the critical path of which the second waits not for the first but for the slot that it holds. */
export interface SlotLink {
  readonly from: string
  readonly to: string
}

export interface PlanGraph {
  /** The upper left corner of each node. */
  readonly places: ReadonlyMap<string, GraphPoint>
  readonly edges: readonly GraphEdge[]
  readonly slotLinks: readonly SlotLink[]
  readonly width: number
  readonly height: number
}

interface Linked {
  readonly id: string
  readonly needs: readonly string[]
}

/**
 * The plan from left to right, in layers (Sugiyama's method, as dagre has it). A need that follows from others is not
 * drawn, else plans of many steps drown in lines. `path` is drawn as straight as can be.
 */
export function layoutGraph(steps: readonly Linked[], path: readonly string[]): PlanGraph {
  const graph = new Graph<GraphLabel, NodeLabel>()
  graph.setGraph({ rankdir: 'LR', nodesep: 10, edgesep: 8, ranksep: 28 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of steps) graph.setNode(id, { width: nodeWidth, height: nodeHeight })
  const after = new Map(path.map((id, index) => [id, path[index + 1]]))
  const needs = directNeeds(steps)
  for (const [to, froms] of needs) {
    for (const from of froms) graph.setEdge(from, to, { weight: after.get(from) === to ? 6 : 1 })
  }
  layout(graph)
  const slotLinks = path.flatMap((from, index) => {
    const to = path[index + 1]
    return to === undefined || needs.get(to)?.includes(from) ? [] : [{ from, to }]
  })
  const places = new Map(
    steps.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id)
      return [id, { x: x - nodeWidth / 2, y: y - nodeHeight / 2 }]
    }),
  )
  return {
    places,
    edges: graph.edges().map(({ v, w }) => ({
      from: v,
      to: w,
      critical: after.get(v) === w,
      points: ends(places.get(v), places.get(w), (graph.edge({ v, w }).points ?? []) as GraphPoint[]),
    })),
    slotLinks,
    width: graph.graph().width ?? 0,
    height: graph.graph().height ?? 0,
  }
}

/** dagre clips lines at the nodes' outlines; these begin and end in the middle of their sides. */
function ends(
  from: GraphPoint = { x: 0, y: 0 },
  to: GraphPoint = { x: 0, y: 0 },
  points: readonly GraphPoint[],
): GraphPoint[] {
  return [
    { x: from.x + nodeWidth, y: from.y + nodeHeight / 2 },
    ...points.slice(1, -1),
    { x: to.x, y: to.y + nodeHeight / 2 },
  ]
}

/** The needs of each step without those that another of its needs has already, at any distance. */
export function directNeeds(steps: readonly Linked[]): ReadonlyMap<string, readonly string[]> {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const before = new Map<string, Set<string>>()
  const ancestors = (id: string): Set<string> => {
    const known = before.get(id)
    if (known !== undefined) return known
    const found = new Set<string>()
    before.set(id, found)
    for (const need of byId.get(id)?.needs ?? []) {
      found.add(need)
      for (const each of ancestors(need)) found.add(each)
    }
    return found
  }
  return new Map(
    steps.map(({ id, needs }) => {
      const known = [...new Set(needs)].filter((need) => byId.has(need))
      return [id, known.filter((need) => !known.some((other) => other !== need && ancestors(other).has(need)))]
    }),
  )
}

/** A smooth line through points, in the words of an SVG path: it leaves and arrives level. */
export function smoothLine(points: readonly GraphPoint[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let from = first
  let path = `M${round(from.x)} ${round(from.y)}`
  for (const to of rest) {
    const middle = round((from.x + to.x) / 2)
    path += ` C${middle} ${round(from.y)} ${middle} ${round(to.y)} ${round(to.x)} ${round(to.y)}`
    from = to
  }
  return path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

const bulge = 26

/** The line of a slot link, an SVG path: along the outside of the nodes, from right side to right side. */
export function slotLine({ places }: Pick<PlanGraph, 'places'>, { from, to }: SlotLink): string {
  const side = (id: string) => {
    const { x = 0, y = 0 } = places.get(id) ?? {}
    return { x: round(x + nodeWidth), y: round(y + nodeHeight / 2) }
  }
  const [a, b] = [side(from), side(to)]
  if (b.x - nodeWidth > a.x) return smoothLine([a, { x: b.x - nodeWidth, y: b.y }])
  const out = Math.max(a.x, b.x) + bulge
  return `M${a.x} ${a.y} C${out} ${a.y} ${out} ${b.y} ${b.x} ${b.y}`
}

/** The keys that go from node to node. */
const moves = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'] as const
export type Move = (typeof moves)[number]

export function isMove(key: string): key is Move {
  return (moves as readonly string[]).includes(key)
}

/**
 * Where a key leads from a node: right and left along a line, the critical one first and else the nearest; up and down
 * within the layer; Home and End to the first and the last node. Null where there is nothing.
 */
export function neighbour({ places, edges }: PlanGraph, id: string, move: Move): string | null {
  const here = places.get(id)
  if (here === undefined) return null
  const nearest = (ids: readonly string[]) =>
    [...ids].sort((a, b) => Math.abs(yOf(places, a) - here.y) - Math.abs(yOf(places, b) - here.y))[0] ?? null
  switch (move) {
    case 'ArrowRight': {
      const lines = edges.filter(({ from }) => from === id)
      return lines.find(({ critical }) => critical)?.to ?? nearest(lines.map(({ to }) => to))
    }
    case 'ArrowLeft': {
      const lines = edges.filter(({ to }) => to === id)
      return lines.find(({ critical }) => critical)?.from ?? nearest(lines.map(({ from }) => from))
    }
    case 'ArrowUp':
    case 'ArrowDown': {
      const down = move === 'ArrowDown'
      return nearest(
        [...places]
          .filter(([, at]) => Math.abs(at.x - here.x) < nodeWidth / 2 && (down ? at.y > here.y : at.y < here.y))
          .map(([other]) => other),
      )
    }
    case 'Home':
    case 'End': {
      const sign = move === 'Home' ? 1 : -1
      return [...places].sort(([, a], [, b]) => sign * (a.x - b.x) || a.y - b.y)[0]?.[0] ?? null
    }
  }
}

function yOf(places: PlanGraph['places'], id: string): number {
  return places.get(id)?.y ?? 0
}
