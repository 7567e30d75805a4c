import type { Ballot } from '#shared/domain/ballot.ts'

/**
 * What a ballot says: "BUY", "BUY > HOLD", "abstains", and "BUY if the stop stays" in full or "BUY on a condition" in short,
 * where the conditions are told beside it.
 */
export function choiceWords({ choice }: Pick<Ballot, 'choice'>, form: 'full' | 'short'): string {
  switch (choice.kind) {
    case 'option':
      return choice.option.toUpperCase()
    case 'conditional':
      return `${choice.option.toUpperCase()} ${conditionWords(choice.conditions, form)}`
    case 'ranking':
      return choice.ranking.map((group) => group.join(' = ').toUpperCase()).join(' > ') || 'abstains'
    case 'abstain':
      return 'abstains'
  }
}

function conditionWords(conditions: readonly string[], form: 'full' | 'short'): string {
  if (form === 'full') return `if ${conditions.join(' and ')}`
  return conditions.length === 1 ? 'on a condition' : `on ${conditions.length} conditions`
}
