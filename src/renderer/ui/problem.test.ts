import { ORPCError } from '@orpc/client'
import { expect, it } from 'vitest'
import { ParleyError } from '#shared/lib/error.ts'
import { toProblem } from './problem.ts'

it('UX-23 an error of the desk keeps its code, its way out and every wrong line', () => {
  const error = new ORPCError('BARS_NOT_IMPORTABLE', {
    status: 400,
    message: '2 of 500 lines are wrong.',
    data: {
      retry: 'definitive',
      wayOut: 'Mend the lines.',
      details: { problems: [{ line: 3, message: 'high is below low' }, 'time is missing'] },
    },
  })
  expect(toProblem(error)).toEqual({
    code: 'BARS_NOT_IMPORTABLE',
    message: '2 of 500 lines are wrong.',
    wayOut: 'Mend the lines.',
    lines: ['Line 3: high is below low', 'time is missing'],
  })
})

it('an error of the page itself is shown alike, and anything else has a code too', () => {
  expect(toProblem(new ParleyError('ENGINE_TIMEOUT', 'No answer.', { wayOut: 'Wait.' }))).toMatchObject({
    code: 'ENGINE_TIMEOUT',
    wayOut: 'Wait.',
  })
  expect(toProblem(new TypeError('x is undefined'))).toEqual({
    code: 'UNEXPECTED',
    message: 'x is undefined',
    wayOut: null,
    lines: [],
  })
})
