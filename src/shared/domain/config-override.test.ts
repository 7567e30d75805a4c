import { describe, expect, it } from 'vitest'
import { overrideWords } from './config-override.ts'

describe('an override in words', () => {
  it.each([
    [{ path: ['alerts', 'seconds'], value: 60, shipped: 90 }, 'alerts.seconds: 60 (shipped: 90)'],
    [{ path: ['tasks', 'whales'], value: { title: 'Whales' }, shipped: undefined }, 'tasks.whales: new'],
    [{ path: ['tasks', 'news', 'optional'], value: true, shipped: undefined }, 'tasks.news.optional: true (new)'],
    [{ path: ['list'], value: ['a', 'c', 'd'], shipped: ['a', 'b'] }, 'list: adds c, d, drops b'],
    [{ path: ['list'], value: ['b', 'a'], shipped: ['a', 'b'] }, 'list: in another order'],
  ])('%j', (override, words) => {
    expect(overrideWords(override)).toBe(words)
  })
})
