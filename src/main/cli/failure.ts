import { CommanderError } from 'commander'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'

/** How a command ended badly, as people and programs are told. */
interface Failure {
  readonly code: string
  readonly message: string
  readonly wayOut: string | null
  readonly details: Readonly<Record<string, unknown>>
}

const exitFailed = 1
const exitUsage = 2

/**
 * Tells standard error what went wrong and how to go on, as `{"error": ...}` where JSON was asked for, and sets the exit
 * code: 2 for a command that was typed wrongly, else 1. Asking for help is no failure.
 */
export function reportFailure(error: unknown, json: boolean): void {
  if (error instanceof CommanderError && error.exitCode === 0) return
  const isUsage = error instanceof CommanderError
  process.exitCode = isUsage ? exitUsage : exitFailed
  const failure = isUsage ? usageFailure(error) : describe(error)
  process.stderr.write(json ? `${JSON.stringify({ error: failure })}\n` : asText(failure))
}

function usageFailure(error: CommanderError): Failure {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\n\((Did you mean .*\?)\)$/, '. $1')
    .trim()
  return {
    code: 'USAGE_INVALID',
    message: `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?)]$/.test(message) ? '' : '.'}`,
    wayOut: 'Add --help to the command to see what it takes.',
    details: {},
  }
}

function describe(error: unknown): Failure {
  const known = error instanceof ParleyError
  return {
    code: errorCode(error),
    message: errorMessage(error),
    wayOut: known ? (error.wayOut ?? null) : 'This is a bug in Parley. Report it with the command you typed.',
    details: known ? error.details : {},
  }
}

function asText({ code, message, wayOut, details }: Failure): string {
  const lines = [`${code}: ${message}`, ...badRows(details), ...(wayOut === null ? [] : [wayOut])]
  return `${lines.join('\n')}\n`
}

/** The bad rows of a file, one a line with its number. */
function badRows({ rows, count }: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(rows)) return []
  const lines = (rows as readonly { line: number; reason: string }[]).map(
    ({ line, reason }) => `  line ${String(line).padStart(6)}  ${reason}`,
  )
  const more = typeof count === 'number' ? count - rows.length : 0
  return more > 0 ? [...lines, `  and ${more} more`] : lines
}
