import { z } from 'zod'
import type { SourceData } from '#engine/ports/research-sources.ts'
import { readJson } from './json-answer.ts'

const answerSchema = z.object({
  observations: z.array(
    z.object({
      date: z.iso.date(),
      /** A full stop where there is none. */
      value: z.string().regex(/^(\.|-?\d+(\.\d+)?)$/, 'is neither a number nor a full stop'),
    }),
  ),
})

/**
 * Reads an answer of FRED's `/series/observations`: what was observed by now, each with the one before it, oldest first;
 * days without an observation are left out.
 */
export function readObservations(body: string, host: string, series: string, nowMs: number): SourceData['macro_data'] {
  const { observations } = readJson('macro_data', host, body, answerSchema)
  const known = observations
    .filter(({ value }) => value !== '.')
    .map(({ date, value }) => ({ at: Date.parse(`${date}T00:00:00Z`), value: Number(value) }))
    .filter(({ at }) => at <= nowMs)
    .sort((a, b) => a.at - b.at)
  return known.slice(1).map(({ at, value }, index) => ({
    series,
    at,
    value,
    previous: known[index]?.value as number,
  }))
}
