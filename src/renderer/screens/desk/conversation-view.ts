import { agentTitle } from '#renderer/ui/agent.tsx'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Message } from '#shared/domain/message.ts'

/** The messages of one agent (null: of all) whose words or speaker hold the searched text, in any case. */
export function filterMessages(messages: readonly Message[], agent: string | null, search: string): readonly Message[] {
  const wanted = search.trim().toLowerCase()
  if (agent === null && wanted === '') return messages
  return messages.filter(
    (message) =>
      (agent === null || message.agent === agent) &&
      (wanted === '' || `${agentTitle(message.agent)} ${message.kind} ${message.text}`.toLowerCase().includes(wanted)),
  )
}

/** Who has spoken, in the order of first words. */
export function speakersOf(messages: readonly Message[]): string[] {
  return [...new Set(messages.map(({ agent }) => agent))]
}

/** A piece of evidence as it is cited: by its number in the run's dossier. */
export interface Citation {
  readonly number: number
  readonly evidence: Evidence
}

/** The evidence of a run by id, numbered in the order it was gathered. */
export function numberEvidence(evidence: readonly Evidence[]): ReadonlyMap<string, Citation> {
  return new Map(evidence.map((each, index) => [each.id, { number: index + 1, evidence: each }]))
}

/** Fetches what was said after the last message that is known, page by page, and returns all of it. */
export async function continueMessages(
  known: readonly Message[],
  read: (after: string | undefined) => Promise<Message[]>,
  pageSize: number,
): Promise<Message[]> {
  const all = [...known]
  for (;;) {
    const page = await read(all.at(-1)?.id)
    all.push(...page)
    if (page.length < pageSize) return all
  }
}
