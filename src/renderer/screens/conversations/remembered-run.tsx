import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatPercent } from '#renderer/ui/format.ts'
import { PanelBody } from '#renderer/ui/panel.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { profileTitles } from '#renderer/ui/words.ts'
import { type MemoryKind, memoryKinds, type Recalled, type RememberedRun } from '#shared/domain/memory.ts'
import { alikeWithin, regimeWords } from '#shared/domain/situation.ts'
import {
  decisionTitle,
  deedOf,
  distanceText,
  featureRows,
  kindWords,
  regimeTitles,
  spanWords,
  tierWords,
} from './memory-view.ts'
import styles from './remembered-run.module.css'

/** All that memory has of one run: the decision and what it came to, the situation, and what was like it before. */
export function RememberedRunDetail({ runId }: { runId: string }) {
  const { orpc } = useDesk()
  const query = useQuery(orpc.memory.get.queryOptions({ input: { runId } }))
  return (
    <section className={styles.detail} aria-label="The run">
      {query.isError ? (
        <ErrorState
          title="This run could not be recalled"
          error={query.error}
          effect="It is in the journal all the same."
          onRetry={() => void query.refetch()}
        />
      ) : query.data === undefined ? (
        <LoadingRows rows={12} />
      ) : (
        <PanelBody label="What is remembered of the run">
          <Remembered run={query.data} />
        </PanelBody>
      )}
    </section>
  )
}

function Remembered({ run: { episode, tier, recollection, entries } }: { run: RememberedRun }) {
  const { runId, instrument, profile, startedAt, situation, decision, outcome } = episode
  const regime = situation?.regime ?? null
  const of = (kind: MemoryKind) => entries.filter((entry) => entry.kind === kind)
  return (
    <>
      <header className={styles.head}>
        <h2>
          {instrument} · {decisionTitle(episode)}
        </h2>
        <p className={styles.about}>
          <Moment at={startedAt} as="moment" />
          <span>{profileTitles[profile]}</span>
          <span>{tierWords[tier]}</span>
          <Link to="/desk" search={{ symbol: instrument, run: runId }} className={styles.link}>
            Run on the Desk ›
          </Link>
        </p>
        {decision !== null && <p>{decision.reason}</p>}
        {outcome?.lessons.map((lesson) => (
          <p key={lesson} className={styles.lesson}>
            {lesson}
          </p>
        ))}
      </header>
      <Alike recollection={recollection} />
      <section className={styles.part} aria-label="The situation">
        <h3>The situation{regime !== null && `: ${regimeWords[regime]}`}</h3>
        {situation === null ? (
          <p className={styles.none}>Unavailable: the run did not come that far.</p>
        ) : (
          <dl className={styles.features}>
            {featureRows(situation).map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      {memoryKinds
        .filter((kind) => of(kind).length > 0)
        .map((kind) => (
          <section key={kind} className={styles.part} aria-label={kindWords[kind]}>
            <h3 className={styles.kind}>{kindWords[kind]}</h3>
            <ul>
              {of(kind).map(({ seq, agent, text }) => (
                <li key={seq}>
                  <AgentName agent={agent} /> <span>{text}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
    </>
  )
}

function Alike({ recollection }: { recollection: RememberedRun['recollection'] }) {
  return (
    <section className={styles.part} aria-label="Alike before">
      <h3 title={`0 is the same; up to ${alikeWithin} is alike`}>Alike before</h3>
      {recollection === null ? (
        <p className={styles.none}>The run did not come that far.</p>
      ) : recollection.compared === 0 ? (
        <p className={styles.none}>There was no earlier decision to compare with.</p>
      ) : recollection.recalled.length === 0 ? (
        <p className={styles.none}>
          Nothing, of {recollection.compared} compared; the nearest was {distanceText(recollection.nearest)} away.
        </p>
      ) : (
        <DataTable label="Alike before" columns={columns} rows={recollection.recalled} rowKey={({ runId }) => runId} />
      )}
    </section>
  )
}

const columns: readonly Column<Recalled>[] = [
  {
    key: 'run',
    title: 'Run',
    render: ({ runId, instrument, startedAt }) => (
      <Link to="/desk" search={{ symbol: instrument, run: runId }} className={styles.link}>
        {instrument} <Moment at={startedAt} as="moment" /> ›
      </Link>
    ),
  },
  { key: 'regime', title: 'Market', render: ({ regime }) => (regime === null ? '–' : regimeTitles[regime]) },
  { key: 'away', title: 'Away', numeric: true, render: ({ distance }) => distanceText(distance) },
  { key: 'deed', title: 'The desk', render: deedOf },
  {
    key: 'move',
    title: 'Price since',
    numeric: true,
    render: ({ move }) =>
      move === null ? (
        <span title="No price is known from then on.">–</span>
      ) : (
        <span title={`over ${spanWords(move.afterMs)}, as it was known when it was recalled`}>
          {formatPercent(move.share)}
        </span>
      ),
  },
]
