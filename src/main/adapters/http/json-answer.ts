import type { z } from 'zod'
import { sourceUnavailable } from '#adapters/research/source-unavailable.ts'
import type { SourceName } from '#engine/ports/research-sources.ts'

/** Reads a JSON body against a schema. Throws SOURCE_UNAVAILABLE, saying what is wrong with it and nothing of what is in it. */
export function readJson<T>(source: SourceName, host: string, body: string, schema: z.ZodType<T>): T {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    throw sourceUnavailable(source, `${host} sent something that is no JSON.`, 'definitive', { cause: 'broken' })
  }
  const result = schema.safeParse(parsed)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue?.path.join('.') || 'the answer'
  const message = `${host} sent an answer of another form: ${where} ${issue?.message.toLowerCase() ?? 'is wrong'}.`
  throw sourceUnavailable(source, message, 'definitive', { cause: 'wrong schema' })
}
