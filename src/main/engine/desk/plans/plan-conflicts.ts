import { figure, listWords, percent } from '#engine/agents/wording.ts'
import { type CollaborativePlan, planPriorities } from '#shared/domain/collaborative-plan.ts'
import type { ConflictKind } from '#shared/domain/conflict.ts'

/** What a plan that is open is about to do, as far as it is known. */
export interface PlanIntent {
  readonly plan: CollaborativePlan
  readonly side: 'buy' | 'sell'
  /** True where it opens a position or adds to one; false where it only reduces. */
  readonly adds: boolean
  /** What of it is not yet done, at the price of now, in the account's currency; null where no size is known yet. */
  readonly worth: number | null
  /** True once it is decided: its size is not to be changed any more. */
  readonly isFixed: boolean
  /** True while it waits to begin. */
  readonly waits: boolean
}

/** A limit that several plans use up together. */
export interface SharedLimit {
  readonly kind: Extract<ConflictKind, 'size' | 'resource'>
  /** What there is of it, as words that follow "the". */
  readonly name: string
  /** What is left for all of them, in the account's currency. */
  readonly room: number
  /** Whether a plan uses it. */
  readonly counts: (intent: PlanIntent) => boolean
}

/** What becomes of one of the plans: it keeps what it wants, has its worth cut, gives way, or is left to the trader. */
type Fate =
  | { readonly kind: 'keeps' }
  | { readonly kind: 'cut'; readonly worth: number }
  | { readonly kind: 'givesWay' }
  | { readonly kind: 'trader' }

/** A conflict between plans, and how it is resolved. */
export interface FoundConflict {
  readonly kind: ConflictKind
  readonly description: string
  readonly settled: 'priority' | 'mediation' | 'open'
  /** What becomes of each plan, by its id; those that go first come first. */
  readonly fates: ReadonlyMap<string, Fate>
}

/** What fills a limit exactly is over it as soon as a price moves: what is cut leaves so much of it free. */
const roomLeft = 0.02
/** Rounding is no conflict. */
const tolerance = 1e-6

/**
 * The conflicts between plans that are open at once: opposite directions on one instrument, and limits that each keeps by
 * itself and all together pass. The more urgent plan goes first: one that is against it gives way where nothing is decided
 * of it and it adds risk, one that would pass the limit is cut to what is left. Among equals a mediator shares what is
 * left (see fairShares); opposite directions cannot be shared: the trader decides. What is decided is not changed.
 */
export function planConflicts(intents: readonly PlanIntent[], limits: readonly SharedLimit[]): FoundConflict[] {
  const ordered = intents.toSorted(
    (a, b) =>
      planPriorities.indexOf(b.plan.priority) - planPriorities.indexOf(a.plan.priority) ||
      a.plan.createdAt - b.plan.createdAt ||
      (a.plan.id < b.plan.id ? -1 : 1),
  )
  const pairs = ordered.flatMap((one, index) => ordered.slice(index + 1).map((other) => [one, other] as const))
  return [
    ...pairs.flatMap(([one, other]) => oppositeDirections(one, other) ?? []),
    ...limits.flatMap((limit) => limitPassed(ordered, limit) ?? []),
  ]
}

/** What a plan is called where there are several. */
export function planName({ title, instrument }: Pick<CollaborativePlan, 'title' | 'instrument'>): string {
  return `"${title}" on ${instrument}`
}

function oppositeDirections(urgent: PlanIntent, other: PlanIntent): FoundConflict | undefined {
  if (urgent.plan.instrument !== other.plan.instrument || urgent.side === other.side) return undefined
  // A plan and the one that it serves are one.
  if (urgent.plan.parentId === other.plan.id || other.plan.parentId === urgent.plan.id) return undefined
  const description = `${planName(urgent.plan)} is to ${urgent.side}, ${planName(other.plan)} to ${other.side}.`
  const found = (settled: FoundConflict['settled'], first: Fate, second: Fate): FoundConflict => ({
    kind: 'direction',
    description,
    settled,
    fates: new Map([
      [urgent.plan.id, first],
      [other.plan.id, second],
    ]),
  })
  const keeps: Fate = { kind: 'keeps' }
  if (urgent.plan.priority === other.plan.priority) {
    const fateOf = ({ waits }: PlanIntent): Fate => (waits ? keeps : { kind: 'trader' })
    return found('open', fateOf(urgent), fateOf(other))
  }
  // What waits goes on waiting; what reduces is never called off for what adds (HO-8).
  if (other.waits || !other.adds) return found('priority', keeps, keeps)
  return other.isFixed ? found('open', keeps, { kind: 'trader' }) : found('priority', keeps, { kind: 'givesWay' })
}

function limitPassed(ordered: readonly PlanIntent[], limit: SharedLimit): FoundConflict | undefined {
  const users = ordered.filter(
    (intent) => intent.adds && !intent.waits && (intent.worth ?? 0) > 0 && limit.counts(intent),
  )
  const worthOf = ({ worth }: PlanIntent) => worth ?? 0
  const total = users.reduce((sum, user) => sum + worthOf(user), 0)
  if (users.length < 2 || total <= limit.room + tolerance) return undefined
  // What one alone would pass is that plan's own conflict.
  if (users.some((user) => worthOf(user) > limit.room + tolerance)) return undefined
  const fates = new Map<string, Fate>()
  let left = limit.room
  for (const user of users.filter(({ isFixed }) => isFixed)) {
    fates.set(user.plan.id, { kind: 'keeps' })
    left -= worthOf(user)
  }
  let mediated = false
  for (const priority of planPriorities.toReversed()) {
    const equals = users.filter((user) => !user.isFixed && user.plan.priority === priority)
    const wanted = equals.map(worthOf)
    const isRoom = wanted.reduce((sum, each) => sum + each, 0) <= left + tolerance
    const shares = isRoom ? wanted : fairShares(wanted, Math.max(0, left - roomLeft * limit.room))
    mediated ||= !isRoom && equals.length > 1 && shares.some((share) => share > tolerance)
    // Where the more urgent had to be cut nothing is left for the others.
    left = isRoom ? left - wanted.reduce((sum, each) => sum + each, 0) : 0
    equals.forEach((user, index) => {
      const share = shares[index] ?? 0
      const isWhole = share >= worthOf(user) - tolerance
      fates.set(
        user.plan.id,
        isWhole ? { kind: 'keeps' } : share > tolerance ? { kind: 'cut', worth: share } : { kind: 'trader' },
      )
    })
  }
  const all = [...fates.values()]
  // Where all is decided nothing can be changed any more: the gate stops what does not fit, and the trader knows.
  const isOpen = all.every(({ kind }) => kind === 'keeps') || all.some(({ kind }) => kind === 'trader')
  const over = percent(total / limit.room - 1, 0)
  return {
    kind: limit.kind,
    description: `Together ${listWords(users.map(({ plan }) => planName(plan)))} would take ${figure(total)} of the ${figure(limit.room)} of ${limit.name}: ${over} too much.`,
    settled: isOpen ? 'open' : mediated ? 'mediation' : 'priority',
    fates,
  }
}

/**
 * The shares of a whole that make the product of everybody's share of what it wants greatest (Nash 1950): equal amounts,
 * none more than is wanted.
 */
export function fairShares(wanted: readonly number[], whole: number): number[] {
  const shares = wanted.map(() => 0)
  let left = whole
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  for (const [done, index] of order.entries()) {
    const share = Math.min(wanted[index] ?? 0, left / (order.length - done))
    shares[index] = share
    left -= share
  }
  return shares
}
