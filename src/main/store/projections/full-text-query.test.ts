import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase } from '#store/open-database.ts'
import { fullTextQuery } from './full-text-query.ts'

test('every word must be there, and may be the beginning of a longer one', () => {
  expect(fullTextQuery('funding stretch')).toBe('"funding"* AND "stretch"*')
})

test('words in quotes are a phrase, and a minus leaves a word out', () => {
  expect(fullTextQuery('"fear and greed" -bear')).toBe('("fear and greed") NOT ("bear"*)')
})

test('without a word to look for there is no query', () => {
  for (const typed of ['', '  ', '-', '" "', '-bear', '(*)']) expect(fullTextQuery(typed)).toBeUndefined()
})

test('nothing that a person types is a malformed query', () => {
  const database = openDatabase(':memory:', 'NORMAL')
  database.exec('CREATE VIRTUAL TABLE words USING fts5(text)')
  const find = database.prepare('SELECT rowid FROM words WHERE words MATCH ?')
  const piece = fc.oneof(fc.string(), fc.constantFrom('AND', 'NOT', 'NEAR(', '"', '-', '*', ':', '^', 'text:', '\0'))
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const query = fullTextQuery(pieces.join(' '))
      if (query !== undefined) find.all(query)
    }),
  )
  database.close()
})
