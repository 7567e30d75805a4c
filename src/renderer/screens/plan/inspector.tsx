import { ActionIcon, UnstyledButton } from '@mantine/core'
import { skipToken, useQuery } from '@tanstack/react-query'
import { type ReactNode, type RefObject, useEffect } from 'react'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { choiceWords } from '#renderer/ui/choice-words.ts'
import { Moment } from '#renderer/ui/figures.tsx'
import { FindingCard } from '#renderer/ui/finding.tsx'
import { formatDuration, formatNumber, formatUsd } from '#renderer/ui/format.ts'
import { IconCross } from '#renderer/ui/icons.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { sureWords } from '#renderer/ui/vote-view.ts'
import { plainName } from '#renderer/ui/words.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import styles from './inspector.module.css'
import { StepIcon, StepWord } from './step-mark.tsx'
import type { StepView } from './step-view.ts'
import { basisWords, comparisonWords, stretchWords } from './step-words.ts'
import { whyHere } from './why-here.ts'

interface InspectorProps {
  runId: string
  step: StepView
  steps: ReadonlyMap<string, StepView>
  pools: Readonly<Record<string, number>>
  /** Takes the focus when a step is opened. */
  heading: RefObject<HTMLHeadingElement | null>
  onChoose: (id: string) => void
  onClose: () => void
}

/** One step from all sides: why it is there, when and at what cost, what it waits for and what came of it (UX-16). */
export function Inspector({ runId, step, steps, pools, heading, onChoose, onClose }: InspectorProps) {
  const titleOf = (id: string) => steps.get(id)?.title ?? id
  const stepsOf = (ids: readonly string[]) => ids.flatMap((id) => steps.get(id) ?? [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: takes the focus once for each step that is opened
  useEffect(() => heading.current?.focus(), [step.id])
  return (
    <aside
      className={styles.inspector}
      aria-label={`Step: ${step.title}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header className={styles.header}>
        <StepIcon state={step.state} size={16} />
        <h2 ref={heading} tabIndex={-1}>
          {step.title}
        </h2>
        <ActionIcon aria-label="Close the step" onClick={onClose}>
          <IconCross size={16} aria-hidden />
        </ActionIcon>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.body} tabIndex={0} role="region" aria-label="About the step">
        <p className={styles.who}>
          <AgentName agent={step.owner} /> <StepWord state={step.state} />
        </p>
        {step.reason !== null && <p className={styles.reason}>{step.reason}</p>}
        <h3>Why this step</h3>
        {step.reasons !== null && <p>{step.reasons.why}</p>}
        <p>{whyHere(step, titleOf, pools)}</p>
        {step.reasons !== null && (
          <>
            <h3>If it fails</h3>
            <p>{step.reasons.falls}</p>
          </>
        )}
        <Facts step={step} />
        <StepLinks title="Waits for" none="Nothing." steps={stepsOf(step.needs)} onChoose={onChoose} />
        <StepLinks
          title="Needed by"
          none="Nothing: the plan ends here."
          steps={stepsOf(step.neededBy)}
          onChoose={onChoose}
        />
        {step.action === 'research' && <Gathered runId={runId} step={step} />}
        {(step.action === 'decide' || step.action === 'assess') && <Ballots runId={runId} step={step} />}
      </div>
    </aside>
  )
}

function Facts({ step }: { step: StepView }) {
  const { planned, actual, startedAt, endedAt, usd, estimateUsd, attempt, attemptsAllowed, timeoutMs, sources, basis } =
    step
  const comparison = comparisonWords(step)
  return (
    <dl className={styles.facts}>
      <Fact name="Planned">{stretchWords(planned)}</Fact>
      <Fact name="Actual">
        {stretchWords(actual)}
        {comparison !== null && <span className={styles.dim}> {comparison}</span>}
      </Fact>
      <Fact name="Started">
        <Moment at={startedAt} as="moment" />
      </Fact>
      <Fact name="Ended">
        <Moment at={endedAt} as="moment" />
      </Fact>
      <Fact name="Cost">
        {formatUsd(usd)} of an estimated {formatUsd(estimateUsd)}
      </Fact>
      <Fact name="Attempts">
        {attempt} of {attemptsAllowed}, {formatDuration(timeoutMs)} each at most
      </Fact>
      {basis !== null && <Fact name="Estimate">{basisWords(basis)}</Fact>}
      {sources.length > 0 && <Fact name="Sources">{sources.join(', ')}</Fact>}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface StepLinksProps {
  title: string
  none: string
  steps: readonly StepView[]
  onChoose: (id: string) => void
}

function StepLinks({ title, none, steps, onChoose }: StepLinksProps) {
  return (
    <>
      <h3>{title}</h3>
      {steps.length === 0 ? (
        <p className={styles.dim}>{none}</p>
      ) : (
        <ul className={styles.links}>
          {steps.map((step) => (
            <li key={step.id}>
              <UnstyledButton className={styles.link} onClick={() => onChoose(step.id)}>
                <StepIcon state={step.state} />
                <span className={styles.linkTitle}>{step.title}</span>
                <AgentName agent={step.owner} />
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** The evidence that a research step brought. */
function Gathered({ runId, step }: { runId: string; step: StepView }) {
  const { orpc } = useDesk()
  const evidence = useQuery(
    orpc.runs.evidence.queryOptions({ input: { runId }, select: (all) => all.filter(({ task }) => task === step.id) }),
  )
  return (
    <>
      <h3>Evidence</h3>
      {evidence.isError ? (
        <ErrorState
          title="The evidence could not be read"
          error={evidence.error}
          effect="The engine has it, and the desk still decides on it."
          onRetry={() => void evidence.refetch()}
        />
      ) : evidence.data === undefined ? (
        <LoadingRows rows={2} />
      ) : evidence.data.length === 0 ? (
        <p className={styles.dim}>{step.endedAt === null ? 'None yet.' : 'None.'}</p>
      ) : (
        <ul className={styles.pieces}>
          {evidence.data.map((piece) => (
            <li key={piece.id}>
              <strong>{plainName(piece.source)}</strong>
              <FindingCard evidence={piece} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** For the count: every ballot and the result. For one agent's assessment: what it voted. */
function Ballots({ runId, step }: { runId: string; step: StepView }) {
  const { orpc } = useDesk()
  const vote = useQuery(orpc.runs.vote.queryOptions({ input: step.startedAt === null ? skipToken : { runId } }))
  const all = vote.data?.ballots ?? []
  const ballots = step.action === 'decide' ? all : all.filter(({ voter }) => voter === step.owner)
  const tally = step.action === 'decide' ? vote.data?.tally : null
  if (step.action === 'assess' && ballots.length === 0) return null
  return (
    <>
      <h3>{step.action === 'decide' ? 'Ballots' : 'Its ballot'}</h3>
      {vote.isError ? (
        <ErrorState
          title="The vote could not be read"
          error={vote.error}
          effect="The decision is unchanged."
          onRetry={() => void vote.refetch()}
        />
      ) : (
        <>
          {tally && (
            <p className={styles.result}>
              <strong>{tally.outcome.toUpperCase()}</strong> {tally.rule.sentence}
            </p>
          )}
          {ballots.length === 0 ? (
            <p className={styles.dim}>Nobody has voted yet.</p>
          ) : (
            <ul className={styles.pieces}>
              {ballots.map((ballot) => (
                <li key={ballot.id}>
                  <BallotLine ballot={ballot} />
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </>
  )
}

function BallotLine({ ballot }: { ballot: Ballot }) {
  return (
    <>
      <p className={styles.ballot}>
        <AgentName agent={ballot.voter} /> <strong>{choiceWords(ballot, 'full')}</strong>
        <span className={styles.dim}>
          {ballot.choice.kind !== 'abstain' &&
            `${sureWords(ballot)} · weight ${formatNumber(ballot.weight, { places: 2 })}`}
        </span>
      </p>
      {ballot.reasons.length > 0 && <p>{ballot.reasons.join(' · ')}</p>}
    </>
  )
}
