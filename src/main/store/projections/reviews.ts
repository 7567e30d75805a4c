import type { Database } from 'better-sqlite3'
import { reviewAfter } from '#engine/desk/review-fold.ts'
import type { Override, Review } from '#shared/domain/review.ts'
import type { Projection } from './projection.ts'

/** The decisions that went to the trader, as they are now, and what the trader did against the desk. */
export const reviewsProjection: Projection = {
  name: 'reviews',
  version: 1,
  tables: ['reviews', 'overrides'],
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
    return (record) => {
      const review = reviewAfter(known, record)
      if (review !== undefined) put.run(review.id, record.seq, JSON.stringify(review))
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
  const read = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body))
  return {
    /** One review as it is now; undefined when there is none of that id. */
    getReview: (reviewId: string): Review | undefined => parse(one.get(reviewId)),
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
