import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { deadlinesFrom, draftPlan, goalOf } from '#engine/desk/plans/plan-making.ts'
import { sha256 } from '#main/compose/system.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { shippedPlanning } from '#test/builders/desk-kernel.ts'
import { makeHome } from '#test/builders/home.ts'
import { readTemplates } from './templates.ts'

const shipped = readTemplates(undefined).value

describe('the templates that Parley ships with', () => {
  it.each(shipped.map((template) => [template.name, template] as const))('%s makes a plan', (_name, template) => {
    const made = { id: 'plan', at: 0, by: { kind: 'human', id: 'trader' } as const }
    const draft = draftPlan({ instrument: 'BTC/USDT' }, template, defaultSettings, made)
    const goal = goalOf(draft, deadlinesFrom(draft.seconds, 0, 1))
    const { plan } = decidePlan('plan', goal, shippedPlanning, sha256)
    const last = new Map([
      ['measure', 'evaluate'],
      ['count', 'decide'],
      ['conclude', 'conclude'],
    ])
    expect(plan.steps.at(-1)?.action).toBe(last.get(template.tasks.at(-1) ?? ''))
    expect(plan.steps.some(({ action }) => action === 'execute')).toBe(template.tasks.includes('carry out'))
  })
})

describe('templates beside the data', () => {
  let home = ''
  beforeEach(() => {
    home = makeHome()
    mkdirSync(join(home, 'templates'), { recursive: true })
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))
  const write = (name: string, text: string) => writeFileSync(join(home, 'templates', name), text)
  const good = [
    'title: Mine',
    'description: My own.',
    'purpose: decide',
    'tasks: [gather, validate, analyse, propose, size, vote, count]',
    'priority: low',
    'objectives: [Know.]',
    'participants: [{ voter: analyst }, { voter: risk }]',
    'policy: unanimous',
    'seconds: { propose: 60, vote: 30, execute: 60 }',
  ]

  it('are added, and take the place of a shipped one of their name', () => {
    write('mine.yaml', good.join('\n'))
    write('analyse-symbol.yaml', good.join('\n'))
    const all = readTemplates(home).value
    expect(all).toHaveLength(shipped.length + 1)
    expect(all.find(({ name }) => name === 'analyse-symbol')?.title).toBe('Mine')
  })

  it.each([
    ['a policy that there is none of', 'policy: unanimous', 'policy: loudest', 8, /Invalid option/],
    [
      'a key that nobody knows',
      'priority: low',
      'prioritty: low',
      5,
      /nobody knows "prioritty"; the nearest known key/,
    ],
    ['tasks in another order', 'analyse, propose', 'propose, analyse', 4, /must be in this order/],
    ['a deadline of nothing', 'vote: 30', 'vote: 0', 9, /seconds\.vote/],
  ])('%s is refused with the file, the line and the reason', (_what, from, to, line, reason) => {
    write('mine.yaml', good.join('\n').replace(from, to))
    expect(() => readTemplates(home)).toThrow(reason)
    expect(() => readTemplates(home)).toThrow(`mine.yaml, line ${line}: `)
  })
})
