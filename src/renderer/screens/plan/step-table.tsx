import { AgentName } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatDuration, formatUsd } from '#renderer/ui/format.ts'
import { PanelBody } from '#renderer/ui/panel.tsx'
import { StepIcon, StepWord } from './step-mark.tsx'
import styles from './step-table.module.css'
import { elapsedMs, type StepView } from './step-view.ts'
import { stretchWords } from './step-words.ts'

interface StepTableProps {
  steps: readonly StepView[]
  titleOf: (id: string) => string
  chosen: string | null
  onChoose: (id: string) => void
}

/** The graph's and the schedule's facts as a table, for who cannot see them or would rather read (UX-16, UX-20). */
export function StepTable({ steps, titleOf, chosen, onChoose }: StepTableProps) {
  return (
    <PanelBody label="Steps of the plan">
      <DataTable
        label="Steps of the plan"
        columns={columns(titleOf)}
        rows={steps}
        rowKey={({ id }) => id}
        chosen={chosen}
        onOpen={({ id }) => onChoose(id)}
      />
    </PanelBody>
  )
}

function columns(titleOf: (id: string) => string): Column<StepView>[] {
  return [
    { key: 'title', title: 'Step', render: ({ title }) => title },
    { key: 'owner', title: 'Owner', render: ({ owner }) => <AgentName agent={owner} /> },
    {
      key: 'state',
      title: 'State',
      render: ({ state }) => (
        <span className={styles.state}>
          <StepIcon state={state} /> <StepWord state={state} />
        </span>
      ),
    },
    { key: 'critical', title: 'Critical', render: ({ critical }) => (critical ? 'yes' : 'no') },
    { key: 'planned', title: 'Planned', numeric: true, render: ({ planned }) => stretchWords(planned) },
    { key: 'actual', title: 'Actual', numeric: true, render: ({ actual }) => stretchWords(actual) },
    { key: 'elapsed', title: 'Took', numeric: true, render: (step) => formatDuration(elapsedMs(step)) },
    {
      key: 'attempts',
      title: 'Attempts',
      numeric: true,
      render: (step) => `${step.attempt} of ${step.attemptsAllowed}`,
    },
    { key: 'estimate', title: 'Estimate', numeric: true, render: ({ estimateUsd }) => formatUsd(estimateUsd) },
    { key: 'cost', title: 'Cost', numeric: true, render: ({ usd }) => formatUsd(usd) },
    {
      key: 'needs',
      title: 'Waits for',
      wide: true,
      render: ({ needs }) => {
        const names = needs.map(titleOf).join(', ')
        return <span title={names}>{names === '' ? 'nothing' : names}</span>
      },
    },
    { key: 'reason', title: 'Reason', wide: true, render: ({ reason }) => <span title={reason ?? ''}>{reason}</span> },
  ]
}
