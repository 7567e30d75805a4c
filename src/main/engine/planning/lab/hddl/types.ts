import type { HddlType } from './model.ts'
import { Names } from './names.ts'
import { asWord, type Expression, hddlError, headOf, type List, type TextPlace, type Word } from './text.ts'

/** A word with the type it was declared to be of. */
export interface Typed {
  readonly word: Word
  readonly type: Expression | undefined
}

/** Reads "a b - t c - (either u v) d": each word with the type that follows it. */
export function readTyped(items: readonly Expression[], near: TextPlace): Typed[] {
  const result: Typed[] = []
  let waiting: Word[] = []
  for (let index = 0; index < items.length; index++) {
    const word = asWord(items[index], 'a name', near)
    if (word.text !== '-') {
      waiting.push(word)
      continue
    }
    const type = items[++index]
    if (type === undefined) throw hddlError('HDDL_SYNTAX', word, 'Expected a type after the dash')
    result.push(...waiting.map((name) => ({ word: name, type })))
    waiting = []
  }
  return [...result, ...waiting.map((word) => ({ word, type: undefined }))]
}

/** The type hierarchy and the objects, while they are being declared. */
export class TypeTable {
  readonly objects = new Names('object')
  readonly #types = new Names('type')
  readonly #parents: Set<number>[] = []
  readonly #objectTypes: Set<number>[] = []

  constructor() {
    this.#add('object')
  }

  declareTypes(items: readonly Expression[], near: TextPlace): void {
    for (const { word, type } of readTyped(items, near)) {
      const id = this.#add(word.text)
      for (const parent of type === undefined ? [] : alternatives(type)) {
        const parentId = this.#add(parent.text)
        if (parentId !== id) this.#parents[id]?.add(parentId)
      }
    }
  }

  declareObjects(items: readonly Expression[], near: TextPlace): void {
    for (const { word, type } of readTyped(items, near)) {
      const id = this.objects.add(word.text)
      const types = (this.#objectTypes[id] ??= new Set())
      for (const name of type === undefined ? [] : alternatives(type)) types.add(this.#types.resolve(name))
    }
  }

  /** The number of a type; "(either a b)" becomes a type of its own. Without a type it is object. */
  resolve(type: Expression | undefined): number {
    if (type === undefined) return 0
    const names = alternatives(type)
    const ids = names.map((name) => this.#types.resolve(name))
    const [only] = ids
    if (ids.length === 1 && only !== undefined) return only
    const union = this.#add(`(either ${names.map((name) => name.text).join(' ')})`)
    for (const id of ids) this.#parents[id]?.add(union)
    return union
  }

  /** All types with their members, once everything is declared. */
  finish(): HddlType[] {
    const count = this.objects.list.length
    const tables = this.#types.list.map(() => new Uint8Array(count))
    for (let object = 0; object < count; object++) {
      const reached = new Set([0])
      const visit = (type: number) => {
        if (reached.has(type)) return
        reached.add(type)
        for (const parent of this.#parents[type] ?? []) visit(parent)
      }
      for (const type of this.#objectTypes[object] ?? []) visit(type)
      for (const type of reached) tables[type]?.fill(1, object, object + 1)
    }
    return this.#types.list.map((name, id) => {
      const has = tables[id] ?? new Uint8Array(count)
      return { name, has, members: [...has.keys()].filter((object) => has[object] === 1) }
    })
  }

  #add(name: string): number {
    const id = this.#types.find(name) ?? this.#types.add(name)
    this.#parents[id] ??= new Set()
    return id
  }
}

function alternatives(type: Expression): Word[] {
  if (type.kind === 'word') return [type]
  if (headOf(type) !== 'either') throw hddlError('HDDL_SYNTAX', type, 'Expected a type or (either ...)')
  return type.items.slice(1).map((item) => asWord(item, 'a type', type))
}

/** The typed lists after a section's keyword. */
export function sectionItems(section: List): readonly Expression[] {
  return section.items.slice(1)
}
