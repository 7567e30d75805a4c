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
          effect="It is still in the journal."
          onRetry={() => void query.refetch()}
        />
      ) : query.data === undefined ? (
        <LoadingRows rows={12} />
      ) : (
        <PanelBody label="Memory of the run">
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
          <p className={styles.none}>Unavailable: the run ended before this.</p>
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
    <section className={styles.part} aria-label="Similar situations">
      <h3 title={`Distance 0 is identical; up to ${alikeWithin} is similar`}>Similar situations</h3>
      {recollection === null ? (
        <p className={styles.none}>The run ended before this.</p>
      ) : recollection.compared === 0 ? (
        <p className={styles.none}>No earlier decision to compare with.</p>
      ) : recollection.recalled.length === 0 ? (
        <p className={styles.none}>
          None of {recollection.compared} compared; the nearest was at distance {distanceText(recollection.nearest)}.
        </p>
      ) : (
        <DataTable
          label="Similar situations"
          columns={columns}
          rows={recollection.recalled}
          rowKey={({ runId }) => runId}
        />
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
  { key: 'away', title: 'Distance', numeric: true, render: ({ distance }) => distanceText(distance) },
  { key: 'deed', title: 'Desk', render: deedOf },
  {
    key: 'move',
    title: 'Price after',
    numeric: true,
    render: ({ move }) =>
      move === null ? (
        <span title="No later price is known.">–</span>
      ) : (
        <span title={`over ${spanWords(move.afterMs)}, as known at the recall`}>{formatPercent(move.share)}</span>
      ),
  },
]
