import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeskEvent } from '#shared/domain/event.ts'
import { evidenceSchema } from '#shared/domain/evidence.ts'
import { messageSchema } from '#shared/domain/message.ts'
import { fillSchema, orderSchema } from '#shared/domain/order.ts'
import { type Plan, stepTransitions } from '#shared/domain/plan.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { runSchema } from '#shared/domain/run.ts'
import { openJournal } from '#store/journal.ts'
import { deskEntry } from '#test/builders/events.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { createQueries, deskProjections } from './index.ts'
import type { Projection } from './projection.ts'

function rowsOf(database: Database): unknown {
  const tables = deskProjections.flatMap((projection) => projection.tables)
  return Object.fromEntries(
    tables.map((table) => [
      table,
      database
        .prepare(`SELECT * FROM ${table}`)
        .raw()
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  )
}

const newerVersion = (projection: Projection): Projection => ({ ...projection, version: projection.version + 1 })

function plan(...ids: readonly string[]): Plan {
  const steps = ids.map((id) => ({
    id,
    title: id,
    owner: 'researcher',
    action: 'research',
    needs: [],
    priority: 'high' as const,
    optional: false,
    sources: [],
    estimate: { seconds: 1, usd: 0 },
    timeoutMs: 1_000,
    retries: 1,
    slots: {},
  }))
  const estimate = { usd: 0, seconds: { sequential: 1, parallel: 1, lowerBound: 1 }, speedup: 1 }
  return {
    id: 'plan_1',
    goal: 'decide',
    hash: 'h',
    steps,
    slots: {},
    costLimitUsd: 1,
    estimate,
    starts: {},
    levels: [],
  }
}

const goal = { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' } as const
const started = (runId: string, ...steps: readonly string[]): DeskEvent => ({
  kind: 'runStarted',
  data: { runId, goal, plan: plan(...steps) },
})

describe('projections', () => {
  it('built again from the journal have the rows that were written along, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(deskEntry, { maxLength: 12 }), { maxLength: 8 }), async (groups) => {
        const file = join(temporaryHome(), 'journal.db')
        const options = journalOptions({ file, projections: deskProjections })
        const journal = openJournal(options)
        for (const group of groups) await journal.append(...group)
        const written = rowsOf(journal.database)
        journal.close()

        const again = openJournal({ ...options, projections: deskProjections.map(newerVersion) })
        expect(again.rebuilt).toEqual(deskProjections.map(({ name }) => name))
        expect(rowsOf(again.database)).toEqual(written)
        again.close()
      }),
      { numRuns: 40 },
    )
  })

  it('answer with what the contract promises, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deskEntry, { maxLength: 60 }), async (entries) => {
        const journal = openJournal(journalOptions({ projections: deskProjections }))
        await journal.append(...entries)
        const queries = createQueries(journal.database)
        for (const { id } of queries.listRuns(10)) {
          const run = queries.getRun(id)
          expect(runSchema.parse(run)).toEqual(run)
          for (const one of queries.listMessages(id, undefined, 100)) expect(messageSchema.parse(one)).toEqual(one)
          for (const one of queries.listEvidence(id)) expect(evidenceSchema.parse(one)).toEqual(one)
          for (const one of queries.getVote(id).proposals) expect(proposalSchema.parse(one)).toEqual(one)
        }
        for (const one of queries.listOrders(undefined, 10)) expect(orderSchema.parse(one)).toEqual(one)
        for (const one of queries.listFills(undefined, 10)) expect(fillSchema.parse(one)).toEqual(one)
        journal.close()
      }),
      { numRuns: 40 },
    )
  })

  it('move steps only as the transition table lets them, or by way of ready', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deskEntry, { maxLength: 80 }), async (entries) => {
        const journal = openJournal(journalOptions({ projections: deskProjections }))
        const queries = createQueries(journal.database)
        let before = new Map<string, keyof typeof stepTransitions>()
        for (const entry of entries) {
          await journal.append(entry)
          const after = new Map<string, keyof typeof stepTransitions>()
          for (const { id } of queries.listRuns(10)) {
            for (const { id: stepId, state } of queries.getRun(id)?.steps ?? []) after.set(`${id}/${stepId}`, state)
          }
          for (const [key, from] of before) {
            const to = after.get(key) ?? from
            const next = stepTransitions[from]
            const isLegal = from === to || next.includes(to) || (next.includes('ready') && to === 'running')
            expect(isLegal, `${from} to ${to}`).toBe(true)
          }
          before = after
        }
        journal.close()
      }),
      { numRuns: 25 },
    )
  })

  it('that were left out for a while are built again when they come back', async () => {
    const file = join(temporaryHome(), 'journal.db')
    const options = journalOptions({ file, projections: deskProjections })
    openJournal(options).close()
    const without = openJournal({ ...options, projections: [] })
    await without.append({ ...started('run_1', 'a'), actor: { kind: 'system', id: 'desk' } })
    without.close()
    const again = openJournal(options)
    expect(again.rebuilt).toContain('runs')
    expect(createQueries(again.database).listRuns(5)).toHaveLength(1)
    again.close()
    expect(openJournal(options).rebuilt).toEqual([])
  })
})
