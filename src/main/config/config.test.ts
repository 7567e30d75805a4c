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

const planningAt = (home: string) => readConfig('planning.yaml', planningConfigSchema, home)

describe('a configuration file of the data folder', () => {
  it('is merged over the one that Parley ships with: tables key by key, lists as a whole', () => {
    const shipped = planningAt(temporaryHome())
    expect(shipped).toMatchObject({ file: undefined, overrides: [] })
    const home = own('profiles:\n  balanced:\n    parallel: 5\n    tasks: [technical_analysis]\n')
    const { value, file, text } = planningAt(home)
    const { balanced, aggressive } = shipped.value.profiles
    expect(value.profiles.balanced).toEqual({ ...balanced, parallel: 5, tasks: ['technical_analysis'] })
    expect(value.profiles.aggressive).toEqual(aggressive)
    expect(value.tasks).toEqual(shipped.value.tasks)
    expect(file).toBe(join(home, 'planning.yaml'))
    expect(text).not.toBe(shipped.text)
  })

  it('adds a task beside those that there are', () => {
    const { value, overrides } = planningAt(own(task('a')))
    expect(Object.keys(value.tasks)).toContain('market_sentiment')
    expect(value.tasks['a']?.priority).toBe('high')
    expect(overrides.map(({ path, shipped }) => [path.join('.'), shipped])).toEqual([['tasks.a', undefined]])
  })

  it('says which of its values are in force, and what they took the place of', () => {
    const { overrides } = planningAt(own('alerts: { seconds: 60, usd: 0.3 }\nenabled: false\n'))
    expect(overrides).toEqual([
      { path: ['alerts', 'seconds'], value: 60, shipped: 90 },
      { path: ['enabled'], value: false, shipped: true },
    ])
  })

  it('changes nothing where it is empty, and a caps file works in the same way', () => {
    expect(planningAt(own('# nothing yet\n')).overrides).toEqual([])
    const caps = readConfig('mandate.yaml', mandateSchema, own('maximumOrderNotional: "1000"\n', 'mandate.yaml'))
    const shipped = readConfig('mandate.yaml', mandateSchema, undefined)
    expect(caps.value).toEqual({ ...shipped.value, maximumOrderNotional: '1000' })
  })

  it.each([
    ['a mistake of syntax', 'tasks:\n  a: [1, 2\nprofiles: {}\n', 3, /end with a \]$/],
    ['a key twice', 'tasks: {}\ntasks: {}\n', 2, /unique/],
    ['a value of the wrong kind', 'tasks:\n  a:\n    title: A\n    priority: urgent\n', 4, /^tasks\.a\.priority: /],
    ['something that is missing, where it should be', 'tasks:\n  a:\n    title: A\n', 3, /^tasks\.a\.priority: /],
    ['a key that nobody knows', `${task('a')}    colour: red\nprofiles: {}\n`, 10, /nobody knows "colour"/],
    [
      'a key written wrong, with the nearest known one',
      'enabled: true\nprofiles:\n  balanced:\n    parralel: 3\n',
      4,
      /^profiles\.balanced: nobody knows "parralel"; the nearest known key is "parallel"$/,
    ],
    ['a profile written wrong', 'profiles:\n  agressive:\n    parallel: 3\n', 2, /nearest known key is "aggressive"/],
    ['a task named like a step', 'tasks:\n  validate:\n    title: A\n', 2, /^tasks\.validate: the desk's own steps/],
    ['a table that was left empty', 'enabled: true\nalerts:\n', 2, /^alerts: /],
    ['a number out of its range', 'alerts:\n  seconds: -1\n', 2, /must be from 1 to 86400 s/],
    ['a name that stands for nothing', 'tasks: *nothing\n', 1, /nothing/],
    ['a list', '- a\n- b\n', 1, /^the file: /],
  ])('%s is told with its file, line and reason', (_what, text, line, reason) => {
    const home = own(text)
    expect(() => planningAt(home)).toThrow(refusal(home, line, reason))
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
