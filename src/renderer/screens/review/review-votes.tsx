import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { AgentName, agentTitle } from '#renderer/ui/agent.tsx'
import { choiceWords } from '#renderer/ui/choice-words.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { ballotsInOrder, learnedLine, quorumWords, sureWords } from '#renderer/ui/vote-view.ts'
import type { ShownReview } from '#shared/contract/reviews.ts'
import { type Ballot, firstChoices } from '#shared/domain/ballot.ts'
import styles from './review-votes.module.css'

/** How the agents voted, those against the order first, and what would change their minds. */
export function ReviewVotes({ review }: { review: ShownReview }) {
  const { orpc } = useDesk()
  const vote = useQuery(orpc.runs.vote.queryOptions({ input: { runId: review.runId } }))
  if (vote.isError) {
    return (
      <ErrorState
        title="The votes could not be read"
        error={vote.error}
        effect="Do not approve without seeing them. Unanswered, it is rejected."
        onRetry={() => void vote.refetch()}
      />
    )
  }
  if (vote.data === undefined) return <LoadingRows rows={8} />
  const { tally, ballots, proposals } = vote.data
  const ordered = ballotsInOrder(ballots, tally)
  const isFor = (ballot: Ballot) => firstChoices(ballot.choice).includes(review.order.side)
  const against = ordered.filter((ballot) => firstChoices(ballot.choice).length > 0 && !isFor(ballot))
  const behind = ordered.filter(isFor)
  const aside = ordered.filter(({ choice }) => firstChoices(choice).length === 0)
  const proposal = proposals.find(({ id }) => id === review.proposalId)
  return (
    <>
      <Ballots title="Votes against" ballots={against} none="None." />
      <Ballots title="Votes for" ballots={behind} none="None." />
      {aside.length > 0 && <Ballots title="Abstained" ballots={aside} none="" />}
      <div className={styles.group}>
        <h3>The count</h3>
        <p>{tally?.rule.sentence ?? 'The votes were not counted.'}</p>
        {tally?.learned !== undefined && <p>{learnedLine(tally.learned, agentTitle)}</p>}
        {tally?.quorum && <p>{`The ${quorumWords(tally.quorum)}.`}</p>}
        {tally?.status === 'vetoed' && (
          <p className={styles.veto}>Veto by {tally.vetoedBy.map(agentTitle).join(', ')}.</p>
        )}
        {tally !== null && tally.absent.length > 0 && <p>No ballot from {tally.absent.map(agentTitle).join(', ')}.</p>}
      </div>
      {proposal !== undefined && (
        <div className={styles.group}>
          <h3>What would change the proposer’s mind</h3>
          <p>{proposal.changesMyMind}</p>
          {proposal.risks.length > 0 && (
            <>
              <h3>Risks named by the proposer</h3>
              <ul>
                {proposal.risks.map((risk) => (
                  <li key={risk}>{risk}</li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </>
  )
}

function Ballots({ title, ballots, none }: { title: string; ballots: readonly Ballot[]; none: string }) {
  return (
    <div className={styles.group}>
      <h3>{title}</h3>
      {ballots.length === 0 ? (
        <p className={styles.dim}>{none}</p>
      ) : (
        <ol className={styles.ballots} aria-label={title}>
          {ballots.map((ballot) => (
            <li key={ballot.id}>
              <AgentName agent={ballot.voter} /> <strong>{choiceWords(ballot, 'short')}</strong>
              <span className={styles.sure}>{sureWords(ballot)}</span>
              <p>{ballot.reasons.join(' · ') || 'Gave no reason.'}</p>
              {ballot.choice.kind === 'conditional' && <p>Condition: {ballot.choice.conditions.join('; ')}</p>}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
