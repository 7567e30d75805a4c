import { seatSchema, seatTitles } from './agent.ts'
import type { Evidence } from './evidence.ts'
import type { Message } from './message.ts'
import type { RunSummary } from './run.ts'

/** The conversation of a run as a document to keep (Markdown): who said what when (UTC), with the evidence numbered as cited. */
export function conversationText(
  { id, goal, startedAt, status, reason }: RunSummary,
  messages: readonly Message[],
  evidence: readonly Evidence[],
): string {
  const numbers = new Map(evidence.map((piece, index) => [piece.id, index + 1]))
  const lines = [
    `# ${goal.instrument}, ${new Date(startedAt).toISOString()}`,
    '',
    `Run ${id}, profile ${goal.profile}, policy ${goal.policy}: ${status}${reason === null ? '' : `. ${reason}`}`,
    '',
  ]
  for (const { at, agent, kind, text, confidence, evidence: cited, runs = [] } of messages) {
    const seat = seatSchema.safeParse(agent)
    const who = seat.success ? seatTitles[seat.data] : agent
    const sure = confidence === null ? '' : `, confidence ${confidence.toFixed(2)}`
    const marks = cited.flatMap((each) => numbers.get(each) ?? []).map((number) => `[${number}]`)
    const earlier = runs.map((run) => `(run ${run.id})`)
    lines.push(
      `**${who}** (${kind}${sure}, ${new Date(at).toISOString()}): ${[text, ...marks, ...earlier].join(' ')}`,
      '',
    )
  }
  if (evidence.length > 0) lines.push('## Evidence', '')
  for (const [index, piece] of evidence.entries()) {
    const what = piece.status === 'unavailable' ? `unavailable: ${piece.reason}` : piece.summary
    lines.push(`${index + 1}. ${piece.task}, ${piece.source}, ${new Date(piece.at).toISOString()}: ${what}`)
  }
  return lines.join('\n')
}
