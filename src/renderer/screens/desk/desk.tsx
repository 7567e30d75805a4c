import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { placesOf } from '#renderer/ui/format.ts'
import { Split } from '#renderer/ui/split.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { Bar, Timeframe } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { RunSummary } from '#shared/domain/run.ts'
import { Blotter } from './blotter.tsx'
import { Chart, useBars } from './chart.tsx'
import { chartLines, chartMarks } from './chart-view.ts'
import { Conversation } from './conversation.tsx'
import styles from './desk.module.css'
import { chooseRun } from './desk-view.ts'
import { shownOrders } from './order-view.ts'
import { allPatterns, namedPatterns, patternMarks, patternShapes } from './pattern-view.ts'
import { PlanPane } from './plan.tsx'
import { useStops } from './positions.tsx'
import { Ticker } from './ticker.ts'
import { Toolbar } from './toolbar.tsx'
import { VotePane } from './vote.tsx'

/** The Desk: the chart, the plan, the conversation, the vote and the blotter of one instrument. */
export function DeskScreen(): React.JSX.Element {
  const { orpc } = useDesk()
  const { symbol } = useSearch({ from: '/desk' })
  const [first, setFirst] = useState<string | null>(null)
  const instruments = useQuery(orpc.market.instruments.queryOptions())
  const runs = useQuery(orpc.runs.list.queryOptions({ input: { limit: 50 } }))
  if (instruments.isError) {
    return (
      <ErrorState
        title="The instruments could not be read"
        error={instruments.error}
        effect="Charts and decisions are unavailable. Positions and orders are unaffected."
        onRetry={() => void instruments.refetch()}
      />
    )
  }
  if (instruments.data === undefined) return <LoadingRows rows={12} />
  if (runs.isLoading) return <LoadingRows rows={12} />
  const wanted = symbol ?? first ?? runs.data?.[0]?.goal.instrument
  const instrument = instruments.data.find(({ id }) => id === wanted) ?? instruments.data[0]
  if (instrument === undefined) {
    return <EmptyState title="Nothing to trade">The desk has no instruments. Import bars in Settings.</EmptyState>
  }
  // What is shown first stays, whatever runs begin elsewhere.
  if (first === null) setFirst(instrument.id)
  return <DeskOf instrument={instrument} instruments={instruments.data} runs={runs.data ?? noRuns} />
}

const noRuns: RunSummary[] = []

interface DeskOfProps {
  instrument: Instrument
  instruments: readonly Instrument[]
  runs: readonly RunSummary[]
}

function DeskOf({ instrument, instruments, runs }: DeskOfProps) {
  const search = useSearch({ from: '/desk' })
  const { run: wantedRun } = search
  const navigate = useNavigate({ from: '/desk' })
  const [asTable, setTable] = useState(false)
  const [ticker] = useState(() => new Ticker())
  const grid = useRef<HTMLDivElement>(null)
  // A feed of daily bars has none of an hour.
  const hasHours = useBars(instrument.id, '1h').data?.length !== 0
  const timeframe = search.timeframe ?? (hasHours ? '1h' : '1d')
  const bars = useBars(instrument.id, timeframe).data ?? []
  const run = chooseRun(runs, instrument.id, wantedRun)
  const { marks: own, lines } = useOverlays(instrument, timeframe, runs)
  const patterns = usePatterns(run, timeframe, search.pattern, bars)
  const marks = useMemo(() => [...own, ...patterns.marks].sort((a, b) => a.at - b.at), [own, patterns.marks])
  const showRun = (id: string | undefined) => {
    const symbol = runs.find((run) => run.id === id)?.goal.instrument ?? instrument.id
    void navigate({ search: { ...search, symbol, run: id } })
  }
  return (
    <div className={styles.desk}>
      <Toolbar
        {...{ instrument, instruments, timeframe, ticker, bars, runs, run, asTable }}
        patterns={patterns.timeframe === null ? null : patterns.isShown}
        onSymbol={(symbol) => void navigate({ search: { ...search, symbol, run: undefined } })}
        onTimeframe={(next) => void navigate({ search: { ...search, timeframe: next } })}
        onRun={showRun}
        onTable={setTable}
        onPatterns={(shown) => {
          const length = patterns.timeframe ?? timeframe
          void navigate({
            search: shown ? { ...search, timeframe: length, pattern: allPatterns } : withoutPattern(search),
          })
        }}
      />
      <div ref={grid} className={styles.grid}>
        <section className={styles.chart} aria-label="Chart">
          <Chart
            {...{ instrument, timeframe, ticker, marks, lines, asTable }}
            shapes={patterns.shapes}
            onMark={(id) => {
              if (runs.some((run) => run.id === id)) showRun(id)
            }}
          />
        </section>
        <Conversation runId={run?.id ?? null} running={run?.status === 'running'} className={styles.conversation} />
        <PlanPane runId={run?.id ?? null} className={styles.plan} />
        <VotePane
          runId={run?.id ?? null}
          running={run?.status === 'running'}
          policy={run?.goal.policy ?? null}
          className={styles.vote}
        />
        <Blotter instruments={instruments} className={styles.blotter} />
        <Split
          {...{ container: grid, along: 'x', initial: 58, minimum: 35, maximum: 72 }}
          variable="--left"
          label="Width of the chart"
          className={styles.splitLeft}
        />
        <Split
          {...{ container: grid, along: 'y', initial: 50, minimum: 25, maximum: 62 }}
          variable="--top"
          label="Height of the chart"
          className={styles.splitTop}
        />
        <Split
          {...{ container: grid, along: 'y', initial: 20, minimum: 10, maximum: 35, fromEnd: true }}
          variable="--bottom"
          label="Height of the tables"
          className={styles.splitBottom}
        />
      </div>
    </div>
  )
}

function withoutPattern<Search extends { pattern?: string | undefined }>({ pattern: _pattern, ...rest }: Search) {
  return rest
}

/** What the evidence of the run that is looked at names, drawn where it is wanted and the chart shows its bars. */
function usePatterns(run: RunSummary | null, timeframe: Timeframe, chosen: string | undefined, bars: readonly Bar[]) {
  const { orpc } = useDesk()
  const { data } = useQuery({
    ...orpc.runs.evidence.queryOptions({ input: { runId: run?.id ?? '' } }),
    enabled: run !== null,
  })
  const named = useMemo(() => namedPatterns(data ?? []), [data])
  const isShown = chosen !== undefined && named?.timeframe === timeframe
  const shapes = useMemo(() => (isShown ? patternShapes(named.read, chosen) : noShapes), [isShown, named, chosen])
  const marks = useMemo(
    () => (isShown ? patternMarks(named.read, chosen, bars) : noMarks),
    [isShown, named, chosen, bars],
  )
  return { timeframe: named?.timeframe ?? null, isShown, shapes, marks }
}

const noShapes: never[] = []
const noMarks: never[] = []

/** Marks and lines of the chart from fills, runs, position and orders. */
function useOverlays(instrument: Instrument, timeframe: Timeframe, runs: readonly RunSummary[]) {
  const { orpc } = useDesk()
  const fills = useQuery(orpc.trading.fills.queryOptions({ input: { limit: shownOrders } })).data
  const orders = useQuery(orpc.trading.orders.queryOptions({ input: { limit: shownOrders } })).data
  const positions = useQuery(orpc.trading.positions.queryOptions()).data
  const position = positions?.find((each) => each.instrument === instrument.id)
  const stop = useStops(positions ?? noPositions).get(instrument.id) ?? null
  const marks = useMemo(
    () =>
      chartMarks(
        (fills ?? []).filter((fill) => fill.instrument === instrument.id),
        runs.filter(({ goal }) => goal.instrument === instrument.id),
        timeframe,
        placesOf(instrument.priceStep),
      ),
    [fills, runs, instrument, timeframe],
  )
  const { averagePrice, quantity } = position ?? {}
  const lines = useMemo(
    () =>
      chartLines(
        averagePrice === undefined || quantity === undefined ? undefined : { averagePrice, quantity },
        (orders ?? []).filter((order) => order.instrument === instrument.id),
        stop,
        placesOf(instrument.quantityStep),
      ),
    [averagePrice, quantity, orders, instrument, stop],
  )
  return { marks, lines }
}

const noPositions: never[] = []
