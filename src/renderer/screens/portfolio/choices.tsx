import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { BasisWords } from '#renderer/ui/bar-basis.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { PortfolioChoice, PortfolioChoices, PortfolioLimits } from '#shared/domain/portfolio-report.ts'
import { choiceNames, daysToExitWords, givenUp } from './choices-view.ts'
import picture from './frontier-picture.module.css'
import { frontierScale, horizonWords, type PlotFrame } from './frontier-view.ts'
import styles from './portfolio-screen.module.css'
import { RiskPlot } from './risk-plot.tsx'
import { TradeTable } from './trade-table.tsx'

const readEveryMs = 60_000
const frame: PlotFrame = { width: 640, height: 300, left: 60, right: 20, top: 16, bottom: 44 }

/** What can be chosen between return, risk, turnover and liquidity, and what each choice gives up. */
export function Choices({ limits }: { limits: PortfolioLimits }) {
  const { orpc } = useDesk()
  const query = useQuery(
    orpc.portfolio.choices.queryOptions({
      input: limits,
      refetchInterval: readEveryMs,
      placeholderData: keepPreviousData,
    }),
  )
  const { data } = query
  return (
    <Panel title="Choices" about={data !== undefined && data.basis !== null && <BasisWords basis={data.basis} />}>
      {query.isError ? (
        <ErrorState
          title="The choices could not be worked out"
          error={query.error}
          effect="Nothing was sent."
          onRetry={() => void query.refetch()}
        />
      ) : data === undefined ? (
        <LoadingRows rows={6} />
      ) : data.choices.length === 0 ? (
        <EmptyState title="No choices">{data.unavailable}</EmptyState>
      ) : (
        <ChoiceList data={data} />
      )}
    </Panel>
  )
}

interface Row {
  readonly choice: PortfolioChoice
  readonly name: string
}

function ChoiceList({ data: { choices, horizonMs, currency } }: { data: PortfolioChoices }) {
  const [name, setName] = useState<string | null>(null)
  const names = choiceNames(choices)
  const rows = choices.map((choice, row): Row => ({ choice, name: names[row] ?? '' }))
  const picked = rows.find((row) => row.name === name)
  const best = {
    expected: Math.max(...choices.map(({ expected }) => expected)),
    volatility: Math.min(...choices.map(({ volatility }) => volatility)),
    turnover: Math.min(...choices.map(({ turnover }) => turnover)),
    exitDays: Math.min(...choices.map(({ exitDays }) => exitDays ?? 0)),
  }
  const mark = (isBest: boolean, text: string) => (isBest ? <strong title="Best value">{text}</strong> : text)
  const columns: Column<Row>[] = [
    { key: 'name', title: 'Choice', render: (row) => row.name },
    {
      key: 'expected',
      title: 'Return',
      numeric: true,
      render: ({ choice: { expected } }) => mark(expected === best.expected, formatPercent(expected)),
    },
    {
      key: 'volatility',
      title: 'Volatility',
      numeric: true,
      render: ({ choice: { volatility } }) => mark(volatility === best.volatility, formatPercent(volatility, 2, false)),
    },
    {
      key: 'turnover',
      title: 'Turnover',
      numeric: true,
      render: ({ choice: { turnover } }) => mark(turnover === best.turnover, formatPercent(turnover, 1, false)),
    },
    {
      key: 'exit',
      title: 'Days to exit',
      numeric: true,
      render: ({ choice: { exitDays } }) => mark(exitDays === best.exitDays, daysToExitWords(exitDays)),
    },
    {
      key: 'cash',
      title: 'Cash',
      numeric: true,
      render: ({ choice: { cash } }) => formatPercent(cash, 1, false),
    },
    {
      key: 'weights',
      title: 'Holds',
      wide: true,
      render: ({ choice: { weights } }) => weightWords(weights),
    },
  ]
  return (
    <>
      <PanelBody label="Choices, table">
        <DataTable
          label="Choices"
          columns={columns}
          rows={rows}
          rowKey={(row) => row.name}
          chosen={name}
          onOpen={(row) => setName(row.name)}
        />
      </PanelBody>
      <div className={styles.columns}>
        <ChoicePicture rows={rows} picked={name} onPick={setName} />
        <div className={styles.words}>
          {picked === undefined ? (
            <>
              <h3>No choice beats another on every measure</h3>
              <p>
                Return and volatility are shares of equity over the next{' '}
                {horizonMs === null ? 'horizon' : horizonWords(horizonMs)}, based on the desk’s views. Days to exit:
                selling everything at 10 % of usual volume. Pick a choice to see what it gives up and the trades to get
                there.
              </p>
            </>
          ) : (
            <Picked row={picked} all={choices} currency={currency} />
          )}
        </div>
      </div>
    </>
  )
}

function weightWords(weights: PortfolioChoice['weights']): string {
  const held = weights.filter(({ weight }) => Math.abs(weight) >= 0.0005).toSorted((a, b) => b.weight - a.weight)
  if (held.length === 0) return 'nothing'
  return held.map(({ instrument, weight }) => `${instrument} ${formatPercent(weight, 1, false)}`).join(', ')
}

function Picked({
  row: { choice, name },
  all,
  currency,
}: {
  row: Row
  all: readonly PortfolioChoice[]
  currency: string
}) {
  const lost = givenUp(choice, all)
  return (
    <>
      <h3>{name}</h3>
      <p>
        {lost.length === 0
          ? 'Best on every measure.'
          : `Against the best value of each measure it gives up ${lost.join(', ')}.`}{' '}
        {choice.cost > 0 && `Getting there costs about ${formatPercent(choice.cost, 3, false)} of equity.`}
      </p>
      {choice.trades.length === 0 ? (
        <p className={styles.dim}>Nothing to trade.</p>
      ) : (
        <TradeTable trades={choice.trades} currency={currency} />
      )}
    </>
  )
}

interface ChoicePictureProps {
  rows: readonly Row[]
  picked: string | null
  onPick: (name: string) => void
}

/** Every choice by its volatility and return; the larger, the more is to be traded. */
function ChoicePicture({ rows, picked, onPick }: ChoicePictureProps) {
  const scale = frontierScale(
    rows.map(({ choice: { volatility, expected } }) => ({ risk: volatility, expected })),
    frame,
  )
  return (
    <RiskPlot
      frame={frame}
      scale={scale}
      risk="volatility over the horizon; larger marks have more turnover"
      gain="return over the horizon"
      label={`${formatNumber(rows.length, { places: 0 })} choices by volatility and return; the table has the numbers.`}
    >
      {rows.map(({ choice: { volatility, expected, turnover, kind }, name }) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the table's rows do the same by keyboard
        <circle
          key={name}
          cx={scale.x(volatility)}
          cy={scale.y(expected)}
          r={4 + 8 * Math.min(1, turnover)}
          className={`${picture.choice} ${kind === 'stay' ? picture.here : ''} ${name === picked ? picture.picked : ''}`}
          onClick={() => onPick(name)}
        >
          <title>{name}</title>
        </circle>
      ))}
    </RiskPlot>
  )
}
