import { Button, Popover, Select } from '@mantine/core'
import { skipToken, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatPercent, formatUsd } from '#renderer/ui/format.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { executionTitles } from '#shared/domain/execution-words.ts'
import { type ExecutionWish, executionWishes } from '#shared/domain/parent-order.ts'
import type { PlanChoice } from '#shared/domain/plan-choice.ts'
import type { ProfileName } from '#shared/domain/profile.ts'
import { choiceKey, markWords, planChoiceWords, plotChoices, withoutWords } from './choices-view.ts'
import styles from './choose-plan.module.css'

interface ChoosePlanProps {
  instrument: string
  profile: ProfileName
  /** Why nothing can be started, or what starting does. */
  hint: string
  disabled: boolean
  /** The wish is left out where the order is to go out as the planning says. */
  onStart: (choice: PlanChoice, algorithm?: ExecutionWish) => void
}

/** The ways to decide, time against cost, and the one to start. */
export function ChoosePlan({ instrument, profile, hint, disabled, onStart }: ChoosePlanProps) {
  const { orpc } = useDesk()
  const [isOpen, setOpen] = useState(false)
  const [chosen, setChosen] = useState<string | null>(null)
  const [algorithm, setAlgorithm] = useState<ExecutionWish | undefined>()
  const query = useQuery(
    orpc.runs.choices.queryOptions({ input: isOpen ? { instrument, profile } : skipToken, staleTime: 60_000 }),
  )
  const choices = query.data?.choices ?? []
  const usual = choices.find(({ marks }) => marks.includes('profile')) ?? choices[0]
  const choice = choices.find((one) => choiceKey(one) === chosen) ?? usual
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={560} withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" aria-label="Plan: choose how to decide" onClick={() => setOpen(!isOpen)}>
          Plan…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <h2 className={styles.title}>
          Ways to decide on {instrument} <span className={styles.dim}>{profile}</span>
        </h2>
        {query.isError ? (
          <ErrorState
            title="The choices could not be worked out"
            error={query.error}
            effect="You can still decide with the profile’s own plan."
            onRetry={() => void query.refetch()}
          />
        ) : choice === undefined ? (
          <LoadingRows rows={6} />
        ) : (
          <>
            <Plot choices={choices} chosen={choice} onChoose={(one) => setChosen(choiceKey(one))} />
            <div className={styles.table}>
              <DataTable
                label="Ways to decide"
                columns={columnsFor(profile)}
                rows={choices}
                rowKey={choiceKey}
                chosen={choiceKey(choice)}
                onOpen={(one) => setChosen(choiceKey(one))}
              />
            </div>
            <Select
              mb="sm"
              label="Execution"
              description="At once, or in parts by an algorithm. Planning sets the default."
              value={algorithm ?? asPlanned.value}
              onChange={(value) => setAlgorithm(executionWishes.find((wish) => wish === value))}
              data={wishes}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
            />
            <div className={styles.start}>
              <p aria-live="polite">{withoutWords(choice)}</p>
              <Button
                variant="filled"
                disabled={disabled}
                title={hint}
                onClick={() => {
                  setOpen(false)
                  onStart(choice, algorithm)
                }}
              >
                Decide this way
              </Button>
            </div>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

const asPlanned = { value: 'planned', label: 'As planned' }
const wishes = [asPlanned, ...executionWishes.map((value) => ({ value, label: executionTitles[value] }))]

const columnsFor = (profile: ProfileName): readonly Column<PlanChoice>[] => [
  { key: 'time', title: 'Time', numeric: true, render: ({ seconds }) => `${seconds} s` },
  { key: 'cost', title: 'Cost', numeric: true, render: ({ usd }) => formatUsd(usd) },
  { key: 'coverage', title: 'Coverage', numeric: true, render: ({ coverage }) => formatPercent(coverage, 0, false) },
  { key: 'slots', title: 'Parallel', numeric: true, render: ({ slots }) => slots },
  { key: 'sources', title: 'Sources', numeric: true, render: ({ sources }) => sources },
  { key: 'marks', title: '', wide: true, render: (choice) => markWords(choice, profile) },
]

const room = { width: 528, height: 132, edge: 22 }

interface PlotProps {
  choices: readonly PlanChoice[]
  chosen: PlanChoice
  onChoose: (choice: PlanChoice) => void
}

/** Time to the right, cost upwards. The table under it says the same and is the one to walk by keyboard. */
function Plot({ choices, chosen, onChoose }: PlotProps) {
  const points = plotChoices(choices, room)
  const seconds = choices.map((choice) => choice.seconds)
  const usd = choices.map((choice) => choice.usd)
  const bottom = room.height - 4
  return (
    <svg
      className={styles.plot}
      viewBox={`0 0 ${room.width} ${room.height}`}
      role="img"
      aria-label={`Time against cost. Chosen: ${planChoiceWords(chosen)}`}
    >
      <path className={styles.axis} d={`M8 6V${room.height - 16}H${room.width - 4}`} />
      <text x={14} y={12}>
        cost up to {formatUsd(Math.max(...usd))}
      </text>
      <text x={14} y={bottom}>
        {Math.min(...seconds)} s
      </text>
      <text x={room.width - 6} y={bottom} textAnchor="end">
        {Math.max(...seconds)} s
      </text>
      {points.map(({ choice, x, y, radius }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the rows of the table do the same by keyboard
        <circle
          key={choiceKey(choice)}
          className={styles.point}
          data-chosen={choice === chosen || undefined}
          data-usual={choice.marks.includes('profile') || undefined}
          cx={x}
          cy={y}
          r={radius}
          onClick={() => onChoose(choice)}
        >
          <title>{planChoiceWords(choice)}</title>
        </circle>
      ))}
    </svg>
  )
}
