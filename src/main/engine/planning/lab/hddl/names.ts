import { hddlError, type Word } from './text.ts'

/** Numbered names of one kind. A name is found as it is written or, failing that, whatever its case. */
export class Names {
  readonly list: string[] = []
  readonly #exact = new Map<string, number>()
  readonly #lower = new Map<string, number>()
  readonly #what: string

  constructor(what: string) {
    this.#what = what
  }

  /** The number of the name, new or known. */
  add(name: string): number {
    const known = this.#exact.get(name)
    if (known !== undefined) return known
    const id = this.list.push(name) - 1
    this.#exact.set(name, id)
    const lower = name.toLowerCase()
    if (!this.#lower.has(lower)) this.#lower.set(lower, id)
    return id
  }

  find(name: string): number | undefined {
    return this.#exact.get(name) ?? this.#lower.get(name.toLowerCase())
  }

  /** The number of a known name; throws HDDL_NAME_UNKNOWN at the word's place. */
  resolve(word: Word): number {
    const id = this.find(word.text)
    if (id === undefined) throw hddlError('HDDL_NAME_UNKNOWN', word, `There is no ${this.#what} "${word.text}"`)
    return id
  }
}
