import { expect, it } from 'vitest'
import { labPower } from './lab-power.ts'

it('gives power as exact fractions, from decimals too', () => {
  const shareholders = {
    swings: ['3', '1', '1'],
    banzhaf: ['3/5', '1/5', '1/5'],
    shapleyShubik: ['2/3', '1/6', '1/6'],
  }
  expect(labPower('51', '50,49,1')).toEqual(shareholders)
  expect(labPower('0.51', '0.5, 0.49, .01')).toEqual(shareholders)
})

it('a game that all together lose gives nobody power', () => {
  expect(labPower('9', '1,2')).toEqual({ swings: ['0', '0'], banzhaf: ['0', '0'], shapleyShubik: ['0', '0'] })
})

it('says what is wrong with the numbers', () => {
  expect(() => labPower('2', '1,x')).toThrowError(expect.objectContaining({ code: 'NOT_A_DECIMAL' }))
  expect(() => labPower('2', '1,-1')).toThrowError(expect.objectContaining({ code: 'GAME_INVALID' }))
})
