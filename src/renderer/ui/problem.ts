import { ParleyError } from '#shared/lib/error.ts'

/** An error as people are shown it: what happened, a code to copy, a way out, and lines of detail where there are some. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly wayOut: string | null
  readonly lines: readonly string[]
}

/** Reads whatever a call threw: the desk's own errors carry a way out and details. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ParleyError) {
    return { code: error.code, message: error.message, wayOut: error.wayOut ?? null, lines: detailLines(error.details) }
  }
  const code = field(error, 'code')
  const data = field(error, 'data')
  const wayOut = field(data, 'wayOut')
  return {
    code: typeof code === 'string' ? code : 'UNEXPECTED',
    message: error instanceof Error ? error.message : String(error),
    wayOut: typeof wayOut === 'string' ? wayOut : null,
    lines: detailLines(field(data, 'details') ?? issuesOf(data)),
  }
}

function issuesOf(data: unknown): unknown {
  const issues = field(data, 'issues')
  return Array.isArray(issues) ? { issues } : undefined
}

/** Every list among the details, one line an item. */
function detailLines(details: unknown): string[] {
  if (typeof details !== 'object' || details === null) return []
  return Object.values(details).filter(Array.isArray).flat().map(line)
}

function line(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item)
  const number = field(item, 'line') ?? field(item, 'row')
  const message = field(item, 'message') ?? field(item, 'problem') ?? field(item, 'reason')
  if (typeof message !== 'string') return JSON.stringify(item)
  return typeof number === 'number' ? `Line ${number}: ${message}` : message
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
