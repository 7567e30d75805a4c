import { type Item, itemKey, type Network } from './network.ts'

/** One decomposition above an item: which task was refined by which method, at what point of the search. */
export interface Decomposition {
  readonly key: string
  readonly text: string
  readonly method: string
  readonly parent: Decomposition | undefined
  readonly depth: number
  /** Where the search stood when the task was refined; used to notice that it goes round in a circle. */
  readonly state: unknown
  readonly pending: number
  readonly moves: number
}

/** An item that waits in the agenda. A check looks whether the method above reached the goal it was used for. */
export interface AgendaEntry {
  readonly kind: 'do' | 'check'
  readonly item: Item
  readonly above: Decomposition | undefined
}

/** What is left to do: a persistent sequence of entries and of partially ordered groups. Undefined when all is done. */
export interface Agenda {
  readonly head: AgendaEntry | Group
  readonly next: Agenda | undefined
  /** Entries to do in the whole agenda, checks not counted. */
  readonly pending: number
}

interface Group {
  readonly kind: 'group'
  readonly branches: readonly Branch[]
}

interface Branch {
  readonly id: number
  readonly after: readonly number[]
  readonly agenda: Agenda
}

/** An entry that may come next, and the agenda that is left when it is replaced by what it is refined to. */
export interface AgendaChoice {
  readonly entry: AgendaEntry
  resume(replacement: (rest: Agenda | undefined) => Agenda | undefined): Agenda | undefined
}

function pendingIn(head: AgendaEntry | Group): number {
  if (head.kind === 'group') return head.branches.reduce((sum, branch) => sum + branch.agenda.pending, 0)
  return head.kind === 'do' ? 1 : 0
}

function cons(head: AgendaEntry | Group, next: Agenda | undefined): Agenda {
  return { head, next, pending: pendingIn(head) + (next?.pending ?? 0) }
}

/** Puts one entry before the rest. */
export function pushEntry(entry: AgendaEntry, rest: Agenda | undefined): Agenda {
  return cons(entry, rest)
}

/** Puts items before the rest: a list in its order, a network under its partial order. */
export function pushItems(
  refinement: readonly Item[] | Network,
  above: Decomposition | undefined,
  rest: Agenda | undefined,
): Agenda | undefined {
  if ('items' in refinement) {
    const branches = refinement.items.map((item, id) => ({
      id,
      after: refinement.before.filter(([, later]) => later === id).map(([earlier]) => earlier),
      agenda: cons({ kind: 'do', item, above }, undefined),
    }))
    return branches.length === 0 ? rest : cons({ kind: 'group', branches }, rest)
  }
  return refinement.reduceRight<Agenda | undefined>((tail, item) => cons({ kind: 'do', item, above }, tail), rest)
}

/** The entries that may come next, in the order in which they were listed. */
export function* choices(agenda: Agenda): Generator<AgendaChoice> {
  const { head, next } = agenda
  if (head.kind !== 'group') {
    yield { entry: head, resume: (replacement) => replacement(next) }
    return
  }
  const unfinished = new Set(head.branches.map((branch) => branch.id))
  for (const branch of head.branches) {
    if (branch.after.some((id) => unfinished.has(id))) continue
    for (const choice of choices(branch.agenda)) {
      yield {
        entry: choice.entry,
        resume(replacement) {
          const left = choice.resume(replacement)
          const branches = head.branches.flatMap((other) => {
            if (other !== branch) return [other]
            return left === undefined ? [] : [{ ...other, agenda: left }]
          })
          return branches.length === 0 ? next : cons({ kind: 'group', branches }, next)
        },
      }
    }
  }
}

const keys = new WeakMap<Agenda, string>()

/** A key that is equal only for agendas that leave the same to do under the same order; what is above the entries does not count. */
export function agendaKey(agenda: Agenda): string {
  let key = keys.get(agenda)
  if (key === undefined) {
    key = agenda.next === undefined ? headKey(agenda.head) : `${headKey(agenda.head)};${agendaKey(agenda.next)}`
    keys.set(agenda, key)
  }
  return key
}

function headKey(head: AgendaEntry | Group): string {
  if (head.kind !== 'group') return `${head.kind} ${itemKey(head.item)}`
  const left = new Set(head.branches.map((branch) => branch.id))
  const parts = head.branches.map(({ id, after, agenda }) => ({
    id,
    after: after.filter((each) => left.has(each)),
    key: agendaKey(agenda),
  }))
  // Branches that nothing ties down are alike whichever comes first.
  if (parts.every(({ after }) => after.length === 0))
    return `{${parts
      .map(({ key }) => key)
      .sort()
      .join('|')}}`
  return `{${parts.map(({ id, after, key }) => `${id}<${after.join()} ${key}`).join('|')}}`
}
