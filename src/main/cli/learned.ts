import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { attemptsLearned, type EstimateOf, learnedEstimates } from '#engine/desk/planning/estimates.ts'
import type { ResearchAttempt } from '#engine/ports/desk-history.ts'
import { createAttemptQueries } from '#store/projections/attempts.ts'

/** What the desk of a data folder has learned of its research until now; undefined where it has learned nothing. */
export function learnedIn(home: string, now: number): EstimateOf | undefined {
  const attempts = attemptsIn(join(home, 'journal.db'))
  return attempts.length === 0 ? undefined : learnedEstimates(attempts, now)
}

/** Only reads, also beside a desk that is open. */
function attemptsIn(file: string): readonly ResearchAttempt[] {
  if (!existsSync(file)) return []
  const database = new Database(file, { readonly: true })
  try {
    const tables = database.prepare("SELECT 1 FROM sqlite_master WHERE name IN ('attempts', 'researches')").all()
    // A journal from before there was learning is read by its desk first.
    return tables.length < 2 ? [] : createAttemptQueries(database).listAttempts(attemptsLearned)
  } finally {
    database.close()
  }
}
