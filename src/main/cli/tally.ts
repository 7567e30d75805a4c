import { readFileSync } from 'node:fs'
import { type Election, electionSchema, type Ranking } from '#engine/consensus/election.ts'
import { rank, type VotingMethod, votingMethods } from '#engine/consensus/ranking-methods.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * `parley tally FILE --method M`: ranks the candidates of the election in a JSON file {candidates, ballots}, where a ballot is
 * [[groups, best first], count]. Throws ELECTION_UNREADABLE or METHOD_UNKNOWN.
 */
export function tallyFile(file: string, method: string): { ranking: Ranking } {
  return { ranking: rank(readElection(file), votingMethod(method)) }
}

function readElection(file: string): Election {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ParleyError('ELECTION_UNREADABLE', `${file} cannot be read as JSON.`, { cause })
  }
  const parsed = electionSchema.safeParse(content)
  if (!parsed.success) {
    throw new ParleyError('ELECTION_UNREADABLE', `${file} is not an election.`, {
      details: { issues: parsed.error.issues },
      wayOut: 'An election is {"candidates": ["A", "B"], "ballots": [[[["A"], ["B"]], 3]]}.',
    })
  }
  return parsed.data
}

function votingMethod(name: string): VotingMethod {
  const plain = name.toLowerCase().replaceAll(/[_ ]/g, '-')
  const method = votingMethods.find((method) => method === (shortNames[plain] ?? plain))
  if (method === undefined) {
    throw new ParleyError('METHOD_UNKNOWN', `${name} is not a voting method.`, {
      wayOut: `The methods are ${votingMethods.join(', ')}.`,
    })
  }
  return method
}

const shortNames: Readonly<Record<string, VotingMethod>> = {
  irv: 'instant-runoff',
  'schulze-winning': 'schulze',
  'ranked-pairs-margin': 'ranked-pairs',
}
