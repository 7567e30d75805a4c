import { ParleyError } from '#shared/lib/error.ts'

/** Where something stands in a text; lines and columns count from 1. */
export interface TextPlace {
  readonly source: 'domain' | 'problem'
  readonly line: number
  readonly column: number
}

/** A word or a bracketed list of an HDDL text. */
export type Expression = Word | List

export interface Word extends TextPlace {
  readonly kind: 'word'
  readonly text: string
}

export interface List extends TextPlace {
  readonly kind: 'list'
  readonly items: readonly Expression[]
}

/** The ways in which an HDDL text can be wrong. */
export type HddlErrorCode = 'HDDL_SYNTAX' | 'HDDL_NAME_UNKNOWN' | 'HDDL_ARITY_WRONG' | 'HDDL_UNSUPPORTED'

/** An error in an HDDL text, with source, line and column in its details and its message. */
export function hddlError(code: HddlErrorCode, place: TextPlace, what: string): ParleyError {
  const { source, line, column } = place
  return new ParleyError(code, `${what} (${source}, line ${line}, column ${column})`, {
    details: { source, line, column },
    wayOut:
      code === 'HDDL_UNSUPPORTED'
        ? 'Rewrite this part with what is supported: STRIPS with types, quantifiers, conditions and action costs.'
        : `Correct the ${source} at that place.`,
  })
}

/** Brackets in brackets; what reads them on goes down by recursion. */
const deepest = 500

/**
 * Reads a text of one bracketed list, with comments from a semicolon to the end of the line. Throws HDDL_SYNTAX where
 * brackets do not match or something follows the list.
 */
export function readExpression(text: string, source: TextPlace['source']): List {
  const open: { items: Expression[]; place: TextPlace }[] = []
  let result: List | undefined
  let line = 1
  let lineStart = 0
  const token = /[()]|[^\s();]+|;[^\n]*|\n/g
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [symbol] = match
    const place: TextPlace = { source, line, column: match.index - lineStart + 1 }
    if (symbol === '\n') {
      line++
      lineStart = match.index + 1
    } else if (symbol.startsWith(';')) {
      continue
    } else if (result !== undefined) {
      throw hddlError('HDDL_SYNTAX', place, `Nothing should follow the closing bracket, but "${symbol}" does`)
    } else if (symbol === '(') {
      if (open.length === deepest) throw hddlError('HDDL_SYNTAX', place, 'The brackets are nested too deep')
      open.push({ items: [], place })
    } else if (symbol === ')') {
      const closed = open.pop()
      if (closed === undefined) throw hddlError('HDDL_SYNTAX', place, 'This bracket closes nothing')
      const list: List = { kind: 'list', items: closed.items, ...closed.place }
      const around = open.at(-1)
      if (around === undefined) result = list
      else around.items.push(list)
    } else {
      const around = open.at(-1)
      if (around === undefined) throw hddlError('HDDL_SYNTAX', place, `Expected an opening bracket, not "${symbol}"`)
      around.items.push({ kind: 'word', text: symbol, ...place })
    }
  }
  const unclosed = open.at(-1)
  if (unclosed !== undefined) throw hddlError('HDDL_SYNTAX', unclosed.place, 'This bracket is never closed')
  if (result === undefined) throw hddlError('HDDL_SYNTAX', { source, line: 1, column: 1 }, 'The text is empty')
  return result
}

/** The expression as a list; throws HDDL_SYNTAX naming what was expected. */
export function asList(expression: Expression | undefined, what: string, near: TextPlace): List {
  if (expression?.kind !== 'list') throw hddlError('HDDL_SYNTAX', expression ?? near, `Expected ${what} in brackets`)
  return expression
}

/** The expression as a word; throws HDDL_SYNTAX naming what was expected. */
export function asWord(expression: Expression | undefined, what: string, near: TextPlace): Word {
  if (expression?.kind !== 'word') throw hddlError('HDDL_SYNTAX', expression ?? near, `Expected ${what}`)
  return expression
}

/** The word a list starts with, in lower case; empty when it starts with none. */
export function headOf(list: List): string {
  const [first] = list.items
  return first?.kind === 'word' ? first.text.toLowerCase() : ''
}
