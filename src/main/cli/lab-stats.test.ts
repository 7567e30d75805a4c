import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { labStats, labTests } from './lab-stats.ts'

it('runs a test on data in JSON, with its options', () => {
  const request = { test: 'welch-t', x: [1, 2, 4], y: [3, 5, 9, 6], alternative: 'less' }
  expect(labStats(request)).toMatchObject({ interval: [Number.NEGATIVE_INFINITY, expect.any(Number)] })
  expect(labStats({ test: 'mean-power', effect: 0.5, power: 0.8 })).toEqual({ n: expect.closeTo(63.76561, 4) })
  expect(labStats({ test: 'group-sequential', looks: 2, shape: 'pocock' })).toMatchObject({
    constant: expect.closeTo(2.178, 3),
  })
})

it('says which member is wrong', () => {
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'STATISTICS_INVALID', message: expect.stringMatching(message) })
  expect(() => labStats({ test: 'toString' })).toThrowError(refused(/"test" must be one of one-sample-t/))
  expect(() => labStats({ test: 'welch-t', x: [1, 2], y: ['3'] })).toThrowError(refused(/"y" must be numbers/))
  expect(() => labStats({ test: 'anova', groups: [[1, 2], 3] })).toThrowError(refused(/"groups\[1\]" must be numbers/))
  expect(() => labStats({ test: 'fisher', table: [[1, 2]] })).toThrowError(refused(/"table" must be 2 x 2/))
})

it('the documentation names every test', () => {
  const documentation = readFileSync('docs/cli.md', 'utf8')
  for (const name of labTests) expect(documentation).toContain(`\`${name}\``)
})
