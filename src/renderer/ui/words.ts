import { type Combination, combinations } from '#shared/domain/combination.ts'
import { type ConsensusPreset, consensusPresets } from '#shared/domain/consensus-policy.ts'
import { type ProfileName, profileNames } from '#shared/domain/profile.ts'

/** What the risk profiles are called on screens. */
export const profileTitles: Readonly<Record<ProfileName, string>> = {
  conservative: 'Conservative',
  balanced: 'Balanced',
  aggressive: 'Aggressive',
}

/** What the voting policies are called on screens. */
export const policyTitles: Readonly<Record<ConsensusPreset, string>> = {
  unanimous: 'Unanimous',
  'simple-majority': 'Simple majority',
  'super-majority': 'Super-majority',
  weighted: 'Weighted',
  quorum: 'Quorum',
}

/** What the ways to combine ballots are called on screens. */
const combinationTitles: Readonly<Record<Combination, string>> = {
  fixed: 'Fixed weights',
  expertise: 'Weights by expertise',
  hedge: 'Learned weights (Hedge)',
  'opinion-pool': 'Opinion pool',
}

/** The same as choices of a control. */
export const profileChoices = profileNames.map((value) => ({ value, label: profileTitles[value] }))
export const combinationChoices = combinations.map((value) => ({ value, label: combinationTitles[value] }))
export const policyChoices = consensusPresets.map((value) => ({ value, label: policyTitles[value] }))

/** A name out of the desk's data as people read it: "price_data" is "price data", "bollingerPosition" "bollinger position". */
export function plainName(name: string): string {
  return name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
}
