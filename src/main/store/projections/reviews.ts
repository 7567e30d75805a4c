import type { Database } from 'better-sqlite3'
import { reviewAfter } from '#engine/desk/reviews/review-fold.ts'
import type { Drill, Override, Review } from '#shared/domain/review.ts'
import type { Projection } from './projection.ts'

/** The decisions that went to the trader, as they are now, and what the trader did against the desk. */
export const reviewsProjection: Projection = {
  name: 'reviews',
  version: 2,
  tables: ['reviews', 'overrides', 'drills'],
  schema: `
    CREATE TABLE reviews (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX reviews_by_seq ON reviews (seq);
    CREATE TABLE overrides (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      measured INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX overrides_by_seq ON overrides (seq);
    CREATE TABLE drills (review_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, flaw TEXT NOT NULL, caught INTEGER) STRICT;
  `,
  prepare(database) {
    const select = database.prepare<[string], string>('SELECT body FROM reviews WHERE id = ?').pluck()
    const put = database.prepare(
      'INSERT INTO reviews (id, seq, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    )
    const selectOverride = database.prepare<[string], string>('SELECT body FROM overrides WHERE id = ?').pluck()
    const putOverride = database.prepare(
      `INSERT INTO overrides (id, seq, measured, body) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET measured = excluded.measured, body = excluded.body`,
    )
    const known = (id: string): Review | undefined => parse(select.get(id))
    const putDrill = database.prepare('INSERT OR IGNORE INTO drills (review_id, seq, flaw) VALUES (?, ?, ?)')
    const answerDrill = database.prepare('UPDATE drills SET caught = ? WHERE review_id = ?')
    return (record) => {
      const review = reviewAfter(known, record)
      if (review !== undefined) put.run(review.id, record.seq, JSON.stringify(review))
      if (record.kind === 'drillInjected') putDrill.run(record.data.reviewId, record.seq, record.data.flaw)
      if (record.kind === 'drillAnswered') answerDrill.run(record.data.caught ? 1 : 0, record.data.reviewId)
      if (record.kind === 'overrideRecorded') {
        const { override } = record.data
        putOverride.run(override.id, record.seq, 0, JSON.stringify(override))
      }
      if (record.kind === 'overrideMeasured') {
        const { overrideId, outcome } = record.data
        const override: Override | undefined = parse(selectOverride.get(overrideId))
        if (override !== undefined) putOverride.run(overrideId, record.seq, 1, JSON.stringify({ ...override, outcome }))
      }
    }
  },
}

/** What can be asked about reviews and overrides. */
export function createReviewQueries(database: Database) {
  const one = database.prepare<[string], string>('SELECT body FROM reviews WHERE id = ?').pluck()
  const newest = database.prepare<[number], string>('SELECT body FROM reviews ORDER BY seq DESC LIMIT ?').pluck()
  const overrides = database.prepare<[number], string>('SELECT body FROM overrides ORDER BY seq DESC LIMIT ?').pluck()
  const open = database.prepare<[], string>('SELECT body FROM overrides WHERE measured = 0 ORDER BY seq').pluck()
  const drills = database.prepare<[], { reviewId: string; flaw: string; caught: number | null }>(
    'SELECT review_id AS reviewId, flaw, caught FROM drills ORDER BY seq',
  )
  const read = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body))
  return {
    /** One review as it is now; undefined when there is none of that id. */
    getReview: (reviewId: string): Review | undefined => parse(one.get(reviewId)),
    /** Oldest first. */
    listDrills: (): readonly Drill[] =>
      drills
        .all()
        .map(({ reviewId, flaw, caught }) => ({ reviewId, flaw, caught: caught === null ? null : caught === 1 })),
    /** Newest first. */
    listReviews: (limit: number): readonly Review[] => read(newest.all(limit)),
    /** Newest first. */
    listOverrides: (limit: number): readonly Override[] => read(overrides.all(limit)),
    /** Those of which it is not known yet what they came to, oldest first. */
    listUnmeasuredOverrides: (): readonly Override[] => read(open.all()),
  }
}

/** What a body holds is known from its table. */
function parse(body: string | undefined) {
  return body === undefined ? undefined : JSON.parse(body)
}
