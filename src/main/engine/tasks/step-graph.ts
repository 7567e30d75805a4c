import type { Step, StepState } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A step in execution: its place in the graph, and how far it has come. */
export interface StepNode {
  /** As the plan has it; one that has not begun may change with the plan. */
  step: Step
  /** Its place in the plan. */
  index: number
  dependents: StepNode[]
  /** Needs that have not ended durably yet. */
  waitingFor: number
  /** Its end is durable: nothing waits for it any more. */
  closed: boolean
  /** Its estimate and the longest chain of estimates after it, in seconds. */
  tail: number
  /** When it is meant to start, in seconds from the start of the plan; infinite when nobody said. */
  planned: number
  state: StepState
  /** A required step that it needs, directly or through others, has failed. */
  blocked: boolean
  attempt: number
  startedAt: number | null
  endedAt: number | null
  usd: number
  reason: string | null
  output: unknown
  failure: { readonly code: string; readonly message: string } | undefined
  /** Ends whatever it is doing or waiting for; set while it runs or waits. */
  abandon: ((reason: unknown) => void) | undefined
}

/** The steps of a plan, linked both ways. */
export interface StepGraph {
  /** In the plan's order. */
  readonly nodes: readonly StepNode[]
  readonly byId: ReadonlyMap<string, StepNode>
  /** Each step after all that it needs. */
  readonly order: readonly StepNode[]
}

/** Links the steps of a plan. Throws PLAN_INVALID for a step named twice, a need nobody meets, or needs in a circle. */
export function linkSteps(steps: readonly Step[]): StepGraph {
  const nodes = steps.map(toNode)
  const byId = new Map<string, StepNode>()
  for (const node of nodes) {
    if (byId.has(node.step.id)) throw invalid(`Two steps are called "${node.step.id}".`)
    byId.set(node.step.id, node)
  }
  for (const node of nodes) {
    for (const need of new Set(node.step.needs)) {
      const needed = byId.get(need)
      if (needed === undefined) throw invalid(`Step "${node.step.id}" needs "${need}", which is not in the plan.`)
      needed.dependents.push(node)
      node.waitingFor += 1
    }
  }
  return { nodes, byId, order: measureTails(sortByNeeds(nodes)) }
}

/**
 * The graph of a plan that has changed: each step that has begun stays what it was, those that have not become what the
 * new plan says, new ones are added. Throws PLAN_INVALID as `linkSteps` does, and for a step that is gone; then nothing
 * has changed.
 */
export function relinkSteps(graph: StepGraph, steps: readonly Step[]): StepGraph {
  const fresh = linkSteps(
    steps.map((step) => {
      const known = graph.byId.get(step.id)
      return known === undefined || hasNotBegun(known) ? step : known.step
    }),
  )
  for (const { step } of graph.nodes) {
    if (!fresh.byId.has(step.id)) throw invalid(`Step "${step.id}" was in the plan and is gone.`)
  }
  const nodes = fresh.nodes.map((node) => {
    const known = graph.byId.get(node.step.id)
    return known === undefined ? node : Object.assign(known, { step: node.step, index: node.index, tail: node.tail })
  })
  const byId = new Map(nodes.map((node) => [node.step.id, node]))
  for (const node of nodes) {
    node.dependents = []
    node.waitingFor = 0
  }
  for (const node of nodes) {
    for (const need of new Set(node.step.needs)) {
      const needed = byId.get(need) as StepNode
      needed.dependents.push(node)
      if (!needed.closed) node.waitingFor += 1
    }
  }
  return { nodes, byId, order: fresh.order.map(({ step }) => byId.get(step.id) as StepNode) }
}

/** True while a step can still become another one. */
export function hasNotBegun({ state, attempt }: StepNode): boolean {
  return (state === 'pending' || state === 'ready') && attempt === 0
}

function measureTails(order: readonly StepNode[]): readonly StepNode[] {
  for (let index = order.length - 1; index >= 0; index--) {
    const node = order[index] as StepNode
    let longest = 0
    for (const { tail } of node.dependents) if (tail > longest) longest = tail
    node.tail = node.step.estimate.seconds + longest
  }
  return order
}

function toNode(step: Step, index: number): StepNode {
  return {
    step,
    index,
    dependents: [],
    waitingFor: 0,
    closed: false,
    tail: 0,
    planned: Number.POSITIVE_INFINITY,
    state: 'pending',
    blocked: false,
    attempt: 0,
    startedAt: null,
    endedAt: null,
    usd: 0,
    reason: null,
    output: undefined,
    failure: undefined,
    abandon: undefined,
  }
}

function sortByNeeds(nodes: readonly StepNode[]): readonly StepNode[] {
  const open = new Int32Array(nodes.length)
  for (const node of nodes) open[node.index] = node.waitingFor
  const order = nodes.filter((node) => node.waitingFor === 0)
  for (let index = 0; index < order.length; index++) {
    for (const dependent of (order[index] as StepNode).dependents) {
      const left = (open[dependent.index] as number) - 1
      open[dependent.index] = left
      if (left === 0) order.push(dependent)
    }
  }
  if (order.length === nodes.length) return order
  const stuck = nodes.find((node) => (open[node.index] as number) > 0)
  throw invalid(`The needs of step "${stuck?.step.id}" lead back to itself or to a circle.`)
}

function invalid(message: string): ParleyError {
  return new ParleyError('PLAN_INVALID', message)
}
