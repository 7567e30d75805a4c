import { describe, expect, it } from 'vitest'
import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import { foreseenEnd, replanMarks, watchNotes } from './watch-view.ts'

const run = { startedAt: 1_000_000, status: 'running' } as const
const at = (seconds: number) => run.startedAt + seconds * 1_000
const quiet: RunMonitoring = {
  divergences: [],
  replans: [],
  alerts: [],
  pace: [],
  paused: null,
  forecast: null,
  goals: [{ goal: 'a decision', state: 'open', why: null, causes: [] }],
}
const replan = {
  strategy: 'repair',
  triggers: [],
  changes: [],
  unwanted: {},
  gainUsd: 0.1,
  secondsBefore: 45,
  secondsAfter: 40,
  plan: { id: 'plan_1', hash: '' },
} as const

describe('what the trader is to know of a run', () => {
  it('is nothing while all goes as planned', () => {
    expect(watchNotes(run, quiet)).toEqual([])
  })

  it('what holds now comes first, then what happened, the newest first', () => {
    const notes = watchNotes(run, {
      ...quiet,
      goals: [{ goal: 'a decision', state: 'missed', why: 'Propose failed.', causes: ['propose'] }],
      paused: { at: at(9), reason: 'The phone.' },
      pace: [{ pool: 'research', limit: 1, most: 3 }],
      replans: [{ ...replan, triggers: [], changes: [], at: at(5), sentence: 'Replanned: on-chain failed.' }],
      divergences: [{ at: at(7), triggers: [], answer: 'The plan is kept.' }],
      alerts: [
        { seq: 1, runId: 'r', instrument: 'i', at: at(3), kind: 'cost', value: 1, threshold: 0, sentence: 'Dear.' },
      ],
    })
    expect(notes.map(({ word, seconds }) => [word, seconds])).toEqual([
      ['Paused', 9],
      ['Goal missed', null],
      ['Slower', null],
      ['Plan kept', 7],
      ['Replan 1, repair', 5],
      ['Alert', 3],
    ])
    expect(notes[4]?.sentence).toBe('On-chain failed.')
    expect(new Set(notes.map(({ key }) => key)).size).toBe(notes.length)
  })

  it('each change of the plan is a mark with its number', () => {
    const replans = [5, 8].map((second) => ({ ...replan, triggers: [], changes: [], at: at(second), sentence: 'So.' }))
    expect(replanMarks(run, { replans })).toEqual([
      { number: 1, seconds: 5, sentence: 'So.' },
      { number: 2, seconds: 8, sentence: 'So.' },
    ])
  })

  it('an end that is foreseen is never in the past, and there is none for a run that is over or waits', () => {
    const forecast = { at: at(10), endsAt: at(40), usd: 0.2, hangsOn: [] }
    expect(foreseenEnd(run, forecast, at(20))).toBe(40)
    expect(foreseenEnd(run, forecast, at(50))).toBe(50)
    expect(foreseenEnd({ ...run, status: 'completed' }, forecast, at(20))).toBeNull()
    expect(foreseenEnd(run, { ...forecast, endsAt: null }, at(20))).toBeNull()
    expect(foreseenEnd(run, undefined, at(20))).toBeNull()
  })
})
