import { percent, span } from '#engine/agents/wording.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import { type Ballot, firstChoices, isAbstention } from '#shared/domain/ballot.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { MemoryEntry } from '#shared/domain/memory.ts'

/** What a record adds to memory. One of the same key in a run takes the earlier one's place; without a text it only ends that. */
export interface MemoryNote extends Pick<MemoryEntry, 'runId' | 'kind' | 'agent'> {
  readonly key: string
  readonly text: string | null
}

/** What a record leaves in memory: something known, decided or learned; undefined for a record that leaves nothing. */
export function memoryNoteOf(record: DeskRecord): MemoryNote | undefined {
  const { actor, correlationId } = record
  switch (record.kind) {
    case 'evidenceGathered': {
      const { evidence } = record.data
      const { runId, task, source } = evidence
      const text = evidence.status === 'unavailable' ? null : evidence.summary
      return { runId, kind: 'knew', key: `evidence ${task} ${source}`, agent: actor.id, text }
    }
    case 'insightFormed': {
      const { runId, insight } = record.data
      return { runId, kind: 'knew', key: 'insight', agent: insight.agent, text: insightText(insight) }
    }
    case 'traderObjected':
      return { runId: record.data.runId, kind: 'knew', key: 'objection', agent: actor.id, text: record.data.text }
    case 'ballotCast': {
      const { runId, ballot } = record.data
      return { runId, kind: 'decided', key: `ballot ${ballot.voter}`, agent: ballot.voter, text: ballotText(ballot) }
    }
    case 'decisionMade': {
      const { runId, status, action, reason } = record.data.decision
      const text = `${{ agreed: 'Agreed', noTrade: 'No trade', review: 'To the trader' }[status]}: ${action}. ${reason}`
      return { runId, kind: 'decided', key: 'decision', agent: actor.id, text }
    }
    case 'reviewApproved':
    case 'reviewRejected': {
      if (correlationId === null) return undefined
      const what = record.kind === 'reviewApproved' ? 'Approved' : 'Rejected'
      const words = record.data.words?.words
      const text = words === undefined ? `${what}.` : `${what}: ${words}`
      return { runId: correlationId, kind: 'decided', key: 'review', agent: actor.id, text }
    }
    case 'conclusionWritten': {
      const { runId, conclusion } = record.data
      return { runId, kind: 'learned', key: 'conclusion', agent: actor.id, text: conclusion }
    }
    case 'outcomeMeasured': {
      const { runId, lessons } = record.data.outcome
      return { runId, kind: 'learned', key: 'outcome', agent: actor.id, text: lessons.join(' ') || null }
    }
    default:
      return undefined
  }
}

function insightText({ instrument, direction, magnitude, confidence, horizonMs, reasons }: Insight): string {
  const way = direction === 'flat' ? 'flat' : `${direction} ${percent(magnitude, 2)}`
  return [`${instrument} ${way} within ${span(horizonMs)}, ${percent(confidence, 0)} sure.`, ...reasons].join(' ')
}

function ballotText({ choice, confidence, reasons }: Ballot): string {
  const vote = isAbstention(choice)
    ? 'Abstained.'
    : `Voted to ${firstChoices(choice).join(' or ')}, ${percent(confidence, 0)} sure.`
  return [vote, ...reasons].join(' ')
}
