import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { describeScheduleLine, labSchedule } from './lab-schedule.ts'
import { readScheduleFile, readScheduleFiles } from './schedule-files.ts'

const reference = '../shared/reference/rcpsp'
const clock = createVirtualClock(0)
const now = () => clock.monotonic()

const tiny = `projects                      :  1
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
------------------------------------------------------------------------
  1      1     0       0
  2      1     3       2
  3      1     4       2
  4      1     0       0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1
    3
************************************************************************
`
const consumeProduce = `4 1 1
2 0
0 0 5 5 2 2 3
3 1 1 0 1 4
2 1 0 1 1 4
0 0 9 9 0
`

describe('reading and solving schedule files', () => {
  test('a PSPLIB file is solved to its optimum', () => {
    const [line] = [...labSchedule([{ file: 'tiny.sm', text: tiny }], { now })]
    expect(line).toMatchObject({ file: 'tiny.sm', status: 'optimal', makespan: 7, lowerBound: 7 })
    expect(line?.start).toHaveLength(4)
    expect(line === undefined ? '' : describeScheduleLine(line)).toContain('makespan 7, optimal')
  })

  test('consumption waits for production, and the dummies neither consume nor produce', () => {
    const [line] = [...labSchedule([{ file: 'tiny.rcp', text: consumeProduce }], { now })]
    expect(line).toMatchObject({ status: 'optimal', makespan: 5, start: [0, 2, 0, 5] })
  })

  test('a file that is neither is refused', () => {
    expect(() => readScheduleFile('x', 'hello')).toThrow('x is not a schedule problem')
    expect(() => readScheduleFile('x', '4 1 1 2')).toThrow('ends too early')
  })

  test.skipIf(!existsSync(reference))('a sample of the j30 instances is solved to the known optima, with proof', () => {
    const optima = new Map(
      readFileSync(`${reference}/bounds.csv`, 'utf8')
        .split('\n')
        .map((row) => row.split(','))
        .map((row) => [`${row[0]}.sm`, Number(row[8])]),
    )
    const files = [...readScheduleFiles([`${reference}/j30.sm.tar.gz`])].filter((_, index) => index % 40 === 7)
    const lines = [...labSchedule(files, { now })]
    expect(lines).toHaveLength(12)
    for (const line of lines) {
      expect(line).toMatchObject({ file: line.file, status: 'optimal', makespan: optima.get(line.file) })
    }
  })
})
