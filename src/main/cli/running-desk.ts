import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { hostFile } from '#main/compose/host-file.ts'
import { ParleyError } from '#shared/lib/error.ts'

const hostSchema = z.object({ origin: z.string(), token: z.string(), pid: z.int() })
const answerMs = 5_000

/** The desk that is open on a data folder, as the command line talks to it. */
export interface RunningDesk {
  readonly origin: string
  /** Calls a path of the OpenAPI interface; throws the desk's own error, or DESK_NO_ANSWER. */
  call<Answer>(method: 'GET' | 'POST', path: string, input?: unknown): Promise<Answer>
}

function readHostFile(file: string): z.infer<typeof hostSchema> {
  try {
    return hostSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'it does not say which desk is open'
    throw new ParleyError('HOST_FILE_UNREADABLE', `${file} cannot be read: ${why}.`, {
      details: { file },
      wayOut: 'Ask as the user who opened the desk, or close that desk and open it again.',
      cause,
    })
  }
}

/**
 * Finds the desk that is open on a data folder; undefined when none is, also when it ended without tidying up. Throws
 * HOST_FILE_UNREADABLE.
 */
export function findRunningDesk(home: string): RunningDesk | undefined {
  const file = hostFile(home)
  if (!existsSync(file)) return undefined
  const { origin, token, pid } = readHostFile(file)
  if (!isAlive(pid)) return undefined
  return {
    origin,
    async call<Answer>(method: 'GET' | 'POST', path: string, input?: unknown): Promise<Answer> {
      const response = await fetch(`${origin}/api${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(input !== undefined && { body: JSON.stringify(input) }),
        signal: AbortSignal.timeout(answerMs),
      }).catch((cause: unknown) => {
        throw new ParleyError('DESK_NO_ANSWER', `The desk at ${origin} does not answer.`, {
          retry: 'ambiguous',
          wayOut: 'Check whether its process is frozen. "parley stop" still works: it leaves a STOP file.',
          cause,
        })
      })
      const answer: unknown = await response.json()
      if (response.ok) return answer as Answer
      const { code, message, data } = errorSchema.parse(answer)
      throw new ParleyError(code, message, {
        ...(typeof data?.wayOut === 'string' && { wayOut: data.wayOut }),
        ...(data?.details !== undefined && { details: data.details }),
      })
    },
  }
}

/** The desk that is open on a data folder; throws DESK_NOT_RUNNING. */
export function requireDesk(home: string): RunningDesk {
  const desk = findRunningDesk(home)
  if (desk !== undefined) return desk
  throw new ParleyError('DESK_NOT_RUNNING', `No desk is open on ${home}.`, {
    wayOut: 'Start it with "npm start" or "parley serve", or name its data folder with --home.',
  })
}

const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  data: z.object({ wayOut: z.string().nullish(), details: z.record(z.string(), z.unknown()).optional() }).optional(),
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
