import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mandateSchema } from '#shared/domain/mandate.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { readConfig } from './config.ts'

const own = (text: string, name = 'planning.yaml') => {
  const home = temporaryHome()
  writeFileSync(join(home, name), text)
  return home
}
const refusal = (home: string, line: number, reason: RegExp) =>
  expect.objectContaining({
    code: 'CONFIG_INVALID',
    details: expect.objectContaining({
      file: join(home, 'planning.yaml'),
      line,
      reason: expect.stringMatching(reason),
    }),
    wayOut: expect.stringContaining('delete the file'),
  })

describe('a configuration file', () => {
  it('is the one that Parley ships with, or the data folder’s own in its place', () => {
    const shipped = readConfig('mandate.yaml', mandateSchema, temporaryHome())
    expect(shipped.value.maximumOrderNotional).toBe('25000')
    const text = shipped.text.replace('"25000"', '"1000"')
    const home = own(text, 'mandate.yaml')
    expect(readConfig('mandate.yaml', mandateSchema, home)).toEqual({
      value: { ...shipped.value, maximumOrderNotional: '1000' },
      text,
    })
  })

  it.each([
    ['a mistake of syntax', 'tasks:\n  a: [1, 2\nprofiles: {}\n', 3, /./],
    ['a key twice', 'tasks: {}\ntasks: {}\n', 2, /unique/],
    ['a value of the wrong kind', 'tasks:\n  a:\n    title: A\n    priority: urgent\n', 4, /^tasks\.a\.priority: /],
    ['something that is missing, where it should be', 'tasks:\n  a:\n    title: A\n', 3, /^tasks\.a\.priority: /],
    ['a key that nobody knows', `${task('a')}    colour: red\nprofiles: {}\n`, 10, /colour/],
    ['a name that stands for nothing', 'tasks: *nothing\n', 1, /nothing/],
    ['an empty file', '', 1, /^the file: /],
    ['a list', '- a\n- b\n', 1, /^the file: /],
  ])('%s is told with its file, line and reason', (_what, text, line, reason) => {
    const home = own(text)
    expect(() => readConfig('planning.yaml', planningConfigSchema, home)).toThrow(refusal(home, line, reason))
  })
})

function task(name: string): string {
  return [
    'tasks:',
    `  ${name}:`,
    '    title: A',
    '    priority: high',
    '    sources: [news]',
    '    estimate: { seconds: 1, usd: 0 }',
    '    timeoutSeconds: 5',
    '    retries: 0',
    '    freshForSeconds: 60',
    '',
  ].join('\n')
}
