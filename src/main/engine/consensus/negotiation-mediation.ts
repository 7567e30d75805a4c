import { climb, type Issue, nashProduct, type Party, type ScoredDeal } from './negotiation-deals.ts'

/**
 * The single negotiating text (Raiffa 1982): starting from an offer that is on the table, the mediator redrafts it as long
 * as the product of the parties' gains rises, which leads to the Nash bargaining solution (Nash 1950), and never below what
 * any of them would walk away from. `ideas` are other deals to start over from; every draft goes to `onText`.
 */
export function mediate(
  text: ScoredDeal,
  ideas: readonly ScoredDeal[],
  issues: readonly Issue[],
  parties: readonly Party[],
  onText: (text: ScoredDeal) => void,
): ScoredDeal {
  onText(text)
  const idea = ideas.reduce((best, idea) => (nashProduct(idea.gains) > nashProduct(best.gains) ? idea : best), text)
  if (idea !== text) onText(idea)
  return climb(idea, issues, parties, nashProduct, 2, onText)
}

/** Redrafts an agreement as long as somebody gains by it and nobody loses. */
export function improve(
  agreement: ScoredDeal,
  issues: readonly Issue[],
  parties: readonly Party[],
  onText: (text: ScoredDeal) => void,
): ScoredDeal {
  const units = agreement.gains.map((gain) => Math.max(gain, 1e-6))
  const improvement = (gains: readonly number[]) => {
    const more = gains.map((gain, party) => (gain - (agreement.gains[party] ?? 0)) / (units[party] ?? 1))
    return Math.min(...more) < 0 ? -1 : more.reduce((sum, part) => sum + part, 0)
  }
  return climb(agreement, issues, parties, improvement, 2, onText)
}
