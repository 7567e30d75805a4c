import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { findSecrets } from '#engine/agents/secrets.ts'
import { count, listWords } from '#engine/agents/wording.ts'
import { abstain, type SeatVerdict, voteFor } from './verdict.ts'

/**
 * The privacy guard: votes hold - its veto - where a text that would leave the desk holds a secret or personal data, naming
 * the kind and never the thing. Otherwise it has nothing to say on direction and abstains.
 */
export function assessAsPrivacy({ outgoing }: ProposalBriefing): SeatVerdict {
  const found = outgoing.map(findSecrets)
  const kinds = [...new Set(found.flat())]
  if (kinds.length === 0) {
    return abstain(`${count(outgoing.length, 'outgoing text')} read, no secret found. No view on direction.`)
  }
  const texts = found.filter((kindsOfText) => kindsOfText.length > 0).length
  const reason = `Veto: ${listWords(kinds)} would leave the desk in ${count(texts, 'text')} of ${outgoing.length}. Remove it and decide again.`
  return voteFor('hold', 1, { reasons: [reason] })
}
