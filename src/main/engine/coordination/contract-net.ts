import { ParleyError } from '#shared/lib/error.ts'
import { assign } from './assignment.ts'

/** Somebody who can take tasks: how full its hands are (0 to 1) and the share of its tasks that went well (0 to 1). */
export interface Contractor<Task> {
  readonly name: string
  readonly load: number
  readonly trackRecord: number
  /** What it asks for a task and how much of its capacity that takes (0 to 1); undefined when it cannot do it. */
  offer(task: Task): { readonly cost: number; readonly load: number } | undefined
}

/** What counts in a bid, in any proportion: cost, load after the award, and failures in the past. */
export interface BidWeights {
  readonly cost: number
  readonly load: number
  readonly trackRecord: number
}

/** A bid: cost in the desk's currency, load and track record from 0 to 1; the lowest score is the best. */
interface Bid {
  readonly taskId: string
  readonly contractor: string
  readonly cost: number
  readonly load: number
  readonly trackRecord: number
  readonly score: number
}

/** One word of the protocol, in the order in which it was said. */
type ContractNetMessage =
  | { readonly kind: 'announced'; readonly taskId: string }
  | {
      readonly kind: 'declined'
      readonly taskId: string
      readonly contractor: string
      readonly reason: 'NOT_ABLE' | 'NO_CAPACITY'
    }
  | ({ readonly kind: 'bid' } & Bid)
  | ({ readonly kind: 'awarded' } & Bid)
  | { readonly kind: 'unassigned'; readonly taskId: string }

/** Who does what, and everything that was said; a task that nobody can take is `unassigned`. */
export interface Awards {
  readonly awards: readonly Bid[]
  readonly unassigned: readonly string[]
  readonly transcript: readonly ContractNetMessage[]
}

/**
 * The contract net (Smith 1980): announces the tasks one after the other, takes bids, and awards each to the best bid, which
 * adds to its winner's load before the next. Equal bids go by name, so the same tasks and contractors in the same order
 * give the same awards. Throws CONTRACTOR_INVALID for two of a name.
 */
export function awardInTurn<Task extends { readonly id: string }>(
  tasks: readonly Task[],
  contractors: readonly Contractor<Task>[],
  weights: BidWeights,
): Awards {
  const net = open(contractors)
  const awards: Bid[] = []
  for (const task of tasks) {
    const bids = scored(collect(net, task), weights)
    net.transcript.push(...bids.map((bid): ContractNetMessage => ({ kind: 'bid', ...bid })))
    const best = bids.reduce<Bid | undefined>((best, bid) => {
      return best === undefined || bid.score < best.score ? bid : best
    }, undefined)
    if (best !== undefined) awards.push(award(net, best))
    else net.transcript.push({ kind: 'unassigned', taskId: task.id })
  }
  return result(net, awards)
}

/**
 * Awards all tasks together: as many as can be taken, at the least sum of scores, at most one a contractor in each round,
 * until no contractor can take more.
 */
export function awardTogether<Task extends { readonly id: string }>(
  tasks: readonly Task[],
  contractors: readonly Contractor<Task>[],
  weights: BidWeights,
): Awards {
  const net = open(contractors)
  const awards: Bid[] = []
  let left = [...tasks]
  for (;;) {
    const bids = scored(
      left.flatMap((task) => collect(net, task)),
      weights,
    )
    net.transcript.push(...bids.map((bid): ContractNetMessage => ({ kind: 'bid', ...bid })))
    const won = bestTogether(left, net.contractors, bids).map((bid) => award(net, bid))
    awards.push(...won)
    const taken = new Set(won.map(({ taskId }) => taskId))
    left = left.filter(({ id }) => !taken.has(id))
    if (taken.size === 0 || left.length === 0) break
  }
  net.transcript.push(...left.map(({ id }): ContractNetMessage => ({ kind: 'unassigned', taskId: id })))
  return result(net, awards)
}

interface Net<Task> {
  readonly contractors: readonly Contractor<Task>[]
  readonly loads: Map<string, number>
  readonly transcript: ContractNetMessage[]
}

type Unscored = Omit<Bid, 'score'>

const fullLoad = 1 + 1e-9

function open<Task>(contractors: readonly Contractor<Task>[]): Net<Task> {
  const loads = new Map(contractors.map(({ name, load }) => [name, load]))
  if (loads.size < contractors.length) {
    throw new ParleyError('CONTRACTOR_INVALID', 'Two contractors have the same name.', {
      details: { names: contractors.map(({ name }) => name) },
    })
  }
  const byName = [...contractors].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { contractors: byName, loads, transcript: [] }
}

function collect<Task extends { readonly id: string }>(net: Net<Task>, task: Task): Unscored[] {
  net.transcript.push({ kind: 'announced', taskId: task.id })
  const bids: Unscored[] = []
  for (const contractor of net.contractors) {
    const { name, trackRecord } = contractor
    const offer = contractor.offer(task)
    const load = (net.loads.get(name) ?? 0) + (offer?.load ?? 0)
    if (offer === undefined || load > fullLoad) {
      const reason = offer === undefined ? 'NOT_ABLE' : 'NO_CAPACITY'
      net.transcript.push({ kind: 'declined', taskId: task.id, contractor: name, reason })
    } else {
      bids.push({ taskId: task.id, contractor: name, cost: offer.cost, load, trackRecord })
    }
  }
  return bids
}

/** Costs are taken relative to the dearest bid, so that all three parts run from 0 to 1. */
function scored(bids: readonly Unscored[], weights: BidWeights): Bid[] {
  const dearest = Math.max(0, ...bids.map(({ cost }) => cost))
  return bids.map((bid) => ({
    ...bid,
    score:
      weights.cost * (dearest > 0 ? bid.cost / dearest : 0) +
      weights.load * bid.load +
      weights.trackRecord * (1 - bid.trackRecord),
  }))
}

function award<Task>(net: Net<Task>, bid: Bid): Bid {
  net.loads.set(bid.contractor, bid.load)
  net.transcript.push({ kind: 'awarded', ...bid })
  return bid
}

function bestTogether<Task extends { readonly id: string }>(
  tasks: readonly Task[],
  contractors: readonly Contractor<Task>[],
  bids: readonly Bid[],
): Bid[] {
  const rowOf = new Map(tasks.map(({ id }, row) => [id, row]))
  const columnOf = new Map(contractors.map(({ name }, column) => [name, column]))
  // One column more for each task, dearer than all bids together: a task is left over only if it must be.
  const columns = contractors.length + tasks.length
  const costs = new Float64Array(tasks.length * columns).fill(Number.POSITIVE_INFINITY)
  const leftOver = 1 + bids.reduce((sum, { score }) => sum + Math.abs(score), 0)
  tasks.forEach((_, row) => {
    costs[row * columns + contractors.length + row] = leftOver
  })
  const byPlace = new Map<number, Bid>()
  for (const bid of bids) {
    const place = (rowOf.get(bid.taskId) ?? 0) * columns + (columnOf.get(bid.contractor) ?? 0)
    costs[place] = bid.score
    byPlace.set(place, bid)
  }
  return [...assign(costs, tasks.length, columns).columnOf]
    .map((column, row) => byPlace.get(row * columns + column))
    .filter((bid) => bid !== undefined)
}

function result<Task>(net: Net<Task>, awards: readonly Bid[]): Awards {
  const unassigned = net.transcript.flatMap((message) => (message.kind === 'unassigned' ? [message.taskId] : []))
  return { awards, unassigned, transcript: net.transcript }
}
