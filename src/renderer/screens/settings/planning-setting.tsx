import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatPercent, formatUsd } from '#renderer/ui/format.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { profileChoices } from '#renderer/ui/words.ts'
import { overrideWords } from '#shared/domain/config-override.ts'
import { executionTitles } from '#shared/domain/execution-words.ts'
import { customWords, type ProfileRow, profileRows } from './planning-view.ts'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'

/** How the desk plans: read from its files, shown here, changed in the data folder's planning.yaml. */
export function PlanningSetting({ home }: { home: string }) {
  const { orpc } = useDesk()
  const query = useQuery(orpc.settings.planning.queryOptions())
  if (query.isError) {
    return (
      <ErrorState
        title="The planning could not be read"
        error={query.error}
        effect="The desk continues with its current planning."
        onRetry={() => void query.refetch()}
      />
    )
  }
  if (query.data === undefined) return <LoadingRows rows={6} />
  const { planning, file, overrides } = query.data
  const { alerts, replanning, execution } = planning
  const custom = customWords(planning)
  return (
    <>
      <Setting
        title="Profiles"
        about={
          planning.enabled
            ? 'What each runs, and what one decision may cost.'
            : 'Planning is switched off: tasks run one after another, in order of priority.'
        }
      >
        <DataTable label="Profiles" columns={columns} rows={profileRows(planning)} rowKey={({ name }) => name} />
      </Setting>
      <Setting title="Limits" about="The first four raise an alert; the last is a hard limit.">
        <span>
          {formatPercent(alerts.failedShare, 0, false)} of the steps failed · {alerts.seconds} s ·{' '}
          {formatUsd(alerts.usd)} a run · {formatPercent(alerts.timeoutShare, 0, false)} of the attempts timed out ·{' '}
          {formatUsd(planning.dailyCostLimitUsd)} a day
        </span>
      </Setting>
      <Setting title="Execution" about="How orders go out unless a goal or your edit says otherwise.">
        <span>
          {executionTitles[execution.algorithm]} · in parts from {formatPercent(execution.atOnceShare, 1, false)} of the
          book · {execution.leastMinutes} to {execution.mostMinutes} min · up to{' '}
          {formatPercent(execution.participation, 0, false)} of the volume
        </span>
      </Setting>
      <Setting title="Replanning" about="A run that drifts too far from its plan is replanned.">
        <span>
          From {formatPercent(replanning.divergence, 0, false)} off plan, at most {replanning.maxReplans} times, checked
          every {replanning.checkEverySeconds} s; a purchase too large for the vote is halved at most{' '}
          {replanning.votesAgain} times
        </span>
      </Setting>
      {custom.length > 0 && (
        <Setting title="Custom tasks" about="They receive the instrument and nothing else.">
          <ul className={styles.lines}>
            {custom.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Setting>
      )}
      <Setting
        title="Overrides"
        about={
          file === null
            ? 'A planning.yaml in the data folder overrides Parley’s defaults.'
            : 'It overrides Parley’s defaults.'
        }
      >
        <div>
          <code className="mono">{file ?? `no planning.yaml in ${home}`}</code>
          <ul className={styles.lines}>
            {overrides.map((override) => (
              <li key={override.path.join('.')} className="mono">
                {overrideWords(override)}
              </li>
            ))}
          </ul>
        </div>
      </Setting>
    </>
  )
}

const columns: readonly Column<ProfileRow>[] = [
  { key: 'name', title: 'Profile', render: ({ name }) => profileChoices.find(({ value }) => value === name)?.label },
  { key: 'parallel', title: 'Parallel', numeric: true, render: ({ parallel }) => parallel },
  { key: 'sources', title: 'Sources', numeric: true, render: ({ minimumSources }) => `at least ${minimumSources}` },
  { key: 'cost', title: 'Cost limit', numeric: true, render: ({ costLimitUsd }) => formatUsd(costLimitUsd) },
  {
    key: 'tasks',
    title: 'Tasks',
    wide: true,
    render: ({ tasks }) => <span title={tasks.join(', ')}>{`${tasks.length}: ${tasks.join(', ')}`}</span>,
  },
]
