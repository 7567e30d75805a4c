import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { AgentName, agentTitle } from '#renderer/ui/agent.tsx'
import { choiceWords } from '#renderer/ui/choice-words.ts'
import { formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { JudgeFirst } from '#renderer/ui/judge-first.tsx'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { ballotsInOrder, learnedLine, quorumWords, sureWords, thresholdOf } from '#renderer/ui/vote-view.ts'
import { policyTitles } from '#renderer/ui/words.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { ConsensusPreset } from '#shared/domain/consensus-policy.ts'
import type { CountedBallot, Tally } from '#shared/domain/tally.ts'
import styles from './vote.module.css'

interface VoteProps {
  runId: string | null
  policy: ConsensusPreset | null
  running: boolean
  className?: string | undefined
}

/** How the desk voted: the result, what was said against it, and every ballot. */
export function VotePane({ runId, policy, running, className }: VoteProps) {
  const { orpc } = useDesk()
  const vote = useQuery({ ...orpc.runs.vote.queryOptions({ input: { runId: runId ?? '' } }), enabled: runId !== null })
  const tally = vote.data?.tally ?? null
  const ballots = vote.data?.ballots ?? []
  return (
    <Panel
      title="Vote"
      className={className}
      about={
        policy !== null && vote.data?.isBlind !== true && <Head policy={policy} tally={tally} count={ballots.length} />
      }
    >
      {runId === null ? (
        <EmptyState title="No vote yet">
          The agents vote after the research is in and both sides have argued.
        </EmptyState>
      ) : vote.isError ? (
        <ErrorState
          title="The vote could not be read"
          error={vote.error}
          effect="The decision is unchanged."
          onRetry={() => void vote.refetch()}
        />
      ) : vote.data === undefined ? (
        <LoadingRows />
      ) : vote.data.isBlind ? (
        <JudgeFirst what="The votes are" />
      ) : ballots.length === 0 && tally === null ? (
        <EmptyState title={running ? 'Nobody has voted yet' : 'There was no vote'}>
          {running ? 'Ballots appear as they are cast.' : 'The run ended before the vote.'}
        </EmptyState>
      ) : (
        <PanelBody label="Result and ballots">
          {tally === null ? (
            <Counting running={running} />
          ) : (
            <Result tally={tally} threshold={thresholdOf(vote.data.policy)} />
          )}
          <Ballots ballots={ballots} tally={tally} />
          {tally !== null && <Remarks tally={tally} />}
        </PanelBody>
      )}
    </Panel>
  )
}

function Head({ policy, tally, count }: { policy: ConsensusPreset; tally: Tally | null; count: number }) {
  return (
    <>
      <span>{policyTitles[policy]}</span>
      {tally === null ? <span>{count} ballots so far</span> : <span>agreement {Math.round(tally.agreement)} %</span>}
      {tally?.quorum && (
        <span title={quorumWords(tally.quorum)}>{tally.quorum.met ? 'quorum met' : 'quorum missed'}</span>
      )}
    </>
  )
}

/** Keeps the result's place while ballots come in, so that the list below it does not jump when they are counted. */
function Counting({ running }: { running: boolean }) {
  return (
    <div className={styles.result}>
      <p className={styles.rule}>{running ? 'Not counted yet.' : 'The ballots were never counted.'}</p>
    </div>
  )
}

function Result({ tally, threshold }: { tally: Tally; threshold: number | null }) {
  return (
    <div className={styles.result}>
      <div>
        <p className={styles.outcome}>
          <strong>{tally.outcome.toUpperCase()}</strong>{' '}
          <span>
            {tally.status.replace('-', ' ')}
            {threshold !== null && `, needs ${formatNumber(threshold, { places: 2 })}`}
          </span>
        </p>
        <div className={styles.bars}>
          {tally.shares.map(({ option, share }) => (
            <div key={option} className={styles.share} data-winner={option === tally.outcome}>
              <span>{option.toUpperCase()}</span>
              <span className={styles.track}>
                <span className={styles.bar} style={{ transform: `scaleX(${share})` }} />
                {threshold !== null && (
                  <span
                    className={styles.threshold}
                    style={{ left: `${threshold * 100}%` }}
                    title={`Needs ${formatNumber(threshold, { places: 2 })}`}
                  />
                )}
              </span>
              <span className={styles.number}>{formatNumber(share, { places: 2 })}</span>
            </div>
          ))}
        </div>
        <p className={styles.rule}>{tally.rule.sentence}</p>
      </div>
      <div>
        <h3 className={styles.heading}>Dissent</h3>
        {tally.dissent.length === 0 ? (
          <p className={styles.rule}>{tally.unanimous ? 'None: unanimous.' : 'None.'}</p>
        ) : (
          <ul className={styles.dissent}>
            {tally.dissent.map((dissent) => (
              <Dissent key={dissent.ballot.id} {...dissent} />
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}

function Dissent({ ballot, countsFor }: CountedBallot) {
  return (
    <li>
      <AgentName agent={ballot.voter} /> <strong>{choiceWords(ballot, 'short')}</strong>{' '}
      <span title="What it counts for in the result">{formatNumber(countsFor, { places: 2 })}</span>
      <p>{ballot.reasons[0] ?? 'Gave no reason.'}</p>
    </li>
  )
}

/** Every ballot with what it weighs and why, dissent first. */
function Ballots({ ballots, tally }: { ballots: readonly Ballot[]; tally: Tally | null }) {
  const against = new Set(tally?.dissent.map(({ ballot }) => ballot.id))
  const counted = new Map(
    [...(tally?.dissent ?? []), ...(tally?.support ?? [])].map((one) => [one.ballot.id, one.weight]),
  )
  return (
    <ol className={styles.ballots} aria-label="Ballots, dissent first">
      {ballotsInOrder(ballots, tally).map((ballot) => (
        <li key={ballot.id} className={styles.ballot}>
          <AgentName agent={ballot.voter} />
          <span className={against.has(ballot.id) ? styles.against : undefined}>{choiceWords(ballot, 'short')}</span>
          <span className={styles.number}>{sureWords(ballot)}</span>
          <span className={styles.number}>
            {ballot.choice.kind !== 'abstain' &&
              `weight ${formatNumber(counted.get(ballot.id) ?? ballot.weight, { places: 2 })}`}
          </span>
          <p>{ballot.reasons.join(' · ')}</p>
        </li>
      ))}
    </ol>
  )
}

/** What else belongs to the result: conditions, who kept out, what did not count, and how sure it is. */
function Remarks({ tally }: { tally: Tally }) {
  const names = (voters: readonly string[]) => voters.map(agentTitle).join(', ')
  const remarks = [
    ...tally.conditions.map(({ voter, condition }) => `${agentTitle(voter)} requires: ${condition}`),
    tally.hangsOnConditions && 'The outcome depends on these conditions.',
    tally.status === 'vetoed' && `Veto by ${names(tally.vetoedBy)}.`,
    tally.abstained.length > 0 && `Abstained: ${names(tally.abstained)}.`,
    tally.absent.length > 0 && `No ballot from ${names(tally.absent)}.`,
    ...tally.notCounted.map(({ sentence }) => sentence),
    tally.learned !== undefined && learnedLine(tally.learned, agentTitle),
    `Confidence ${formatNumber(tally.confidence, { places: 2 })}, margin ${formatPercent(tally.margin, 0, false)}, disagreement ${formatNumber(tally.disagreement, { places: 2 })}.`,
  ]
  return (
    <ul className={styles.remarks}>
      {remarks
        .filter((remark) => remark !== false)
        .map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
    </ul>
  )
}
