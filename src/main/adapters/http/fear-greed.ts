import { z } from 'zod'
import type { SourceAnswer } from '#engine/ports/research-sources.ts'
import { readJson } from './json-answer.ts'

const answerSchema = z.object({
  data: z.array(
    z.object({
      value: z.string().regex(/^\d{1,3}$/),
      /** Seconds since 1970, as text. */
      timestamp: z.string().regex(/^\d+$/),
    }),
  ),
})

/** Reads an answer of alternative.me's Fear and Greed API (`/fng/?limit=N&format=json`), newest first there, oldest first here. */
export function readFearGreed(body: string, host: string, nowMs: number): SourceAnswer<'fear_greed'> {
  const { data } = readJson('fear_greed', host, body, answerSchema)
  const rows = data
    .map(({ value, timestamp }) => ({ at: Number(timestamp) * 1000, value: Number(value) }))
    .filter(({ at, value }) => at <= nowMs && value <= 100)
    .sort((a, b) => a.at - b.at)
  const last = rows.at(-1)
  return last === undefined ? { status: 'empty', asOf: nowMs } : { status: 'value', asOf: last.at, data: rows }
}
