import { always, type Formula, type HddlEffect, type Signature, type Term, type Variable } from './model.ts'
import { Names } from './names.ts'
import { asList, asWord, type Expression, hddlError, headOf, type List, type TextPlace, type Word } from './text.ts'
import { readTyped, type TypeTable } from './types.ts'

/** Names with the types of their arguments, while they are being declared. */
export class Signatures {
  readonly list: Signature[] = []
  readonly names: Names

  constructor(what: string) {
    this.names = new Names(what)
  }

  declare(name: string, types: readonly number[]): void {
    this.list[this.names.add(name)] = { name, types }
  }

  /** The number of a known name; throws HDDL_ARITY_WRONG when it takes another number of arguments. */
  resolve(word: Word, argumentCount: number): number {
    const id = this.names.resolve(word)
    const wanted = this.list[id]?.types.length ?? 0
    if (wanted !== argumentCount) {
      throw hddlError('HDDL_ARITY_WRONG', word, `"${word.text}" takes ${wanted} arguments, not ${argumentCount}`)
    }
    return id
  }
}

/** The variables that can be seen at one place of an action, a method or a quantified formula. */
export class Scope {
  readonly types: number[] = []
  readonly #visible: Names[] = []
  readonly #ids: number[][] = []
  readonly #table: TypeTable

  constructor(table: TypeTable, parameters: Expression | undefined, near: TextPlace) {
    this.#table = table
    this.open(parameters === undefined ? [] : asList(parameters, 'parameters', near).items, near)
  }

  /** Declares variables that can be seen until the matching close(). */
  open(items: readonly Expression[], near: TextPlace): Variable[] {
    const names = new Names('variable')
    const ids: number[] = []
    this.#visible.push(names)
    this.#ids.push(ids)
    return readTyped(items, near).map(({ word, type }) => {
      if (!word.text.startsWith('?'))
        throw hddlError('HDDL_SYNTAX', word, `A variable starts with ?, not "${word.text}"`)
      const id = this.types.push(this.#table.resolve(type)) - 1
      ids[names.add(word.text)] = id
      return { id, type: this.types[id] ?? 0 }
    })
  }

  close(): void {
    this.#visible.pop()
    this.#ids.pop()
  }

  term(expression: Expression, near: TextPlace): Term {
    const word = asWord(expression, 'a variable or an object', near)
    if (!word.text.startsWith('?')) return ~this.#table.objects.resolve(word)
    for (let level = this.#visible.length - 1; level >= 0; level--) {
      const found = this.#visible[level]?.find(word.text)
      const id = found === undefined ? undefined : this.#ids[level]?.[found]
      if (id !== undefined) return id
    }
    throw hddlError('HDDL_NAME_UNKNOWN', word, `There is no variable "${word.text}" here`)
  }
}

/** Reads formulas and effects against the declared predicates and types. */
export class FormulaReader {
  readonly #types: TypeTable
  readonly #predicates: Signatures

  constructor(types: TypeTable, predicates: Signatures) {
    this.#types = types
    this.#predicates = predicates
  }

  formula(expression: Expression | undefined, scope: Scope, near: TextPlace): Formula {
    if (expression === undefined) return always
    const list = asList(expression, 'a condition', near)
    if (list.items.length === 0) return always
    const rest = list.items.slice(1)
    const part = (index: number): Formula => {
      const item = rest[index]
      if (item === undefined) throw hddlError('HDDL_SYNTAX', list, `"${headOf(list)}" lacks a condition`)
      return this.formula(item, scope, list)
    }
    switch (headOf(list)) {
      case 'and':
      case 'or': {
        const kind = headOf(list) === 'and' ? 'and' : 'or'
        return { kind, parts: rest.map((item) => this.formula(item, scope, list)) }
      }
      case 'not':
        return { kind: 'not', part: part(0) }
      case 'imply':
        return { kind: 'or', parts: [{ kind: 'not', part: part(0) }, part(1)] }
      case 'forall':
      case 'exists': {
        const variables = scope.open(asList(rest[0], 'variables', list).items, list)
        const inner = part(1)
        scope.close()
        return { kind: headOf(list) === 'forall' ? 'all' : 'some', variables, part: inner }
      }
      case '=': {
        const [left, right] = rest.map((item) => scope.term(item, list))
        if (left === undefined || right === undefined || rest.length !== 2) {
          throw hddlError('HDDL_ARITY_WRONG', list, '"=" compares two things')
        }
        return { kind: 'same', left, right }
      }
      case 'sortof':
      case 'sort-of':
        return this.#typeConstraint(list, scope)
      default: {
        const { predicate, args } = this.atom(list, scope)
        return { kind: 'atom', predicate, args }
      }
    }
  }

  atom(list: List, scope: Scope): { predicate: number; args: Term[] } {
    const name = asWord(list.items[0], 'a predicate', list)
    const args = list.items.slice(1)
    const predicate = this.#predicates.resolve(name, args.length)
    return { predicate, args: args.map((item) => scope.term(item, list)) }
  }

  effects(expression: Expression | undefined, scope: Scope, near: TextPlace): HddlEffect[] {
    return expression === undefined ? [] : this.#effects(expression, scope, near, [], always)
  }

  #effects(
    expression: Expression,
    scope: Scope,
    near: TextPlace,
    variables: readonly Variable[],
    condition: Formula,
  ): HddlEffect[] {
    const list = asList(expression, 'an effect', near)
    if (list.items.length === 0) return []
    const rest = list.items.slice(1)
    const last = rest.at(-1) ?? list
    switch (headOf(list)) {
      case 'and':
        return rest.flatMap((item) => this.#effects(item, scope, list, variables, condition))
      case 'forall': {
        const more = scope.open(asList(rest[0], 'variables', list).items, list)
        const inner = this.#effects(last, scope, list, [...variables, ...more], condition)
        scope.close()
        return inner
      }
      case 'when': {
        const when = this.formula(rest[0], scope, list)
        return this.#effects(last, scope, list, variables, { kind: 'and', parts: [condition, when] })
      }
      case 'increase':
        // Costs do not change which plans there are.
        return []
      case 'assign':
      case 'decrease':
      case 'scale-up':
      case 'scale-down':
        throw hddlError('HDDL_UNSUPPORTED', list, `Numeric effects such as "${headOf(list)}" are not supported`)
      case 'not': {
        const inner = asList(rest[0], 'an atom', list)
        return [{ variables, condition, adds: false, ...this.atom(inner, scope) }]
      }
      default:
        return [{ variables, condition, adds: true, ...this.atom(list, scope) }]
    }
  }

  #typeConstraint(list: List, scope: Scope): Formula {
    const [variable, dash, type] = list.items.slice(1)
    if (variable === undefined) throw hddlError('HDDL_SYNTAX', list, 'A type constraint names a variable and a type')
    const dashed = dash?.kind === 'word' && dash.text === '-'
    return { kind: 'is', term: scope.term(variable, list), type: this.#types.resolve(dashed ? type : dash) }
  }
}
