import { VisuallyHidden } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ChartCredit } from '#renderer/ui/chart-credit.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatCompact, formatNumber, formatPercent, placesOf, trendOf } from '#renderer/ui/format.ts'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useSettings } from '#renderer/ui/status.ts'
import { formatMoment, zoneName } from '#renderer/ui/time.ts'
import type { Bar, Timeframe } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import styles from './chart.module.css'
import { ChartCanvas } from './chart-canvas.ts'
import { type ChartLine, type ChartMark, marksByBar } from './chart-view.ts'
import type { ChartShape } from './pattern-view.ts'
import { type Ticker, useTick } from './ticker.ts'

interface ChartProps {
  instrument: Instrument
  timeframe: Timeframe
  ticker: Ticker
  marks: readonly ChartMark[]
  lines: readonly ChartLine[]
  shapes: readonly ChartShape[]
  asTable: boolean
  onMark: (id: string) => void
}

const firstLimit = 600
const largestLimit = 5_000

/** The bars of one series as a chart or as a table; ticks go straight to the canvas. */
export function Chart(props: ChartProps) {
  const { instrument, timeframe, ticker, asTable } = props
  const [limit, setLimit] = useState(firstLimit)
  const bars = useBars(instrument.id, timeframe, limit)
  const { timeZone, theme, upDown } = useSettings()
  const lastBar = useRef<(bar: Bar) => void>(null)
  useWatch(instrument.id, timeframe, ticker, lastBar)
  if (bars.isError) {
    return (
      <ErrorState
        title="The bars could not be read"
        error={bars.error}
        effect="Trading is not affected; the agents read bars on their own."
        onRetry={() => void bars.refetch()}
      />
    )
  }
  if (bars.data === undefined) return <LoadingRows rows={8} />
  if (bars.data.length === 0) {
    return (
      <EmptyState title={`No ${timeframe} bars of ${instrument.id} yet`}>
        They appear as the feed delivers them, if its bars are short enough. Import past bars in Settings.
      </EmptyState>
    )
  }
  if (asTable) return <BarsTable bars={bars.data} instrument={instrument} marks={props.marks} />
  const older = () => setLimit((limit) => Math.min(largestLimit, bars.data.length < limit ? limit : limit * 2))
  // Another series, theme or zone is another chart: its colours and times are fixed when it is made.
  const key = [instrument.id, timeframe, timeZone, theme, upDown].join(' ')
  return <Canvas {...props} key={key} bars={bars.data} lastBar={lastBar} onOlder={older} />
}

/** The newest bars of a series; while more are fetched, those that are there stay. */
export function useBars(instrument: string, timeframe: Timeframe, limit = firstLimit) {
  const { orpc } = useDesk()
  return useQuery(
    orpc.market.bars.queryOptions({
      input: { instrument, timeframe, limit },
      placeholderData: (old: Bar[] | undefined, query) => {
        const before = query?.queryKey[1] as { input?: { instrument?: string; timeframe?: string } } | undefined
        return before?.input?.instrument === instrument && before.input.timeframe === timeframe ? old : undefined
      },
    }),
  )
}

/** Follows the series while it is shown, and again after every broken wire. */
function useWatch(
  instrument: string,
  timeframe: Timeframe,
  ticker: Ticker,
  lastBar: React.RefObject<((bar: Bar) => void) | null>,
): void {
  const { client, connection } = useDesk()
  useEffect(() => {
    const stopped = new AbortController()
    ticker.set({ bar: null, quote: null })
    async function follow(): Promise<void> {
      await connection.answering()
      for await (const tick of await client.market.watch({ instrument, timeframe }, { signal: stopped.signal })) {
        ticker.set(tick)
        if (tick.bar !== null) lastBar.current?.(tick.bar)
      }
    }
    async function run(): Promise<void> {
      while (!stopped.signal.aborted) {
        await follow().catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
    void run()
    return () => stopped.abort()
  }, [client, connection, instrument, timeframe, ticker, lastBar])
}

interface CanvasProps extends ChartProps {
  bars: readonly Bar[]
  lastBar: React.RefObject<((bar: Bar) => void) | null>
  onOlder: () => void
}

function Canvas(props: CanvasProps) {
  const { instrument, timeframe, ticker, bars, marks, lines, shapes, lastBar, onMark, onOlder } = props
  const { orpc } = useDesk()
  const cache = useQueryClient()
  const { timeZone } = useSettings()
  const place = useRef<HTMLDivElement>(null)
  const [canvas, setCanvas] = useState<ChartCanvas | null>(null)
  const [pointed, setPointed] = useState<Bar | null>(null)
  const handlers = useRef({ onMark, onOlder })
  handlers.current = { onMark, onOlder }
  const places = placesOf(instrument.priceStep)

  useEffect(() => {
    if (place.current === null) return
    const made = new ChartCanvas(place.current, {
      zone: timeZone,
      daily: timeframe === '1d',
      places,
      onPoint: setPointed,
      onMark: (id) => handlers.current.onMark(id),
      onOlder: () => handlers.current.onOlder(),
    })
    setCanvas(made)
    return () => {
      setCanvas(null)
      made.dispose()
    }
  }, [timeZone, timeframe, places])

  useEffect(() => canvas?.setBars(bars), [canvas, bars])
  useEffect(() => canvas?.setMarks(marks), [canvas, marks, bars])
  useEffect(() => canvas?.setLines(lines), [canvas, lines])
  useEffect(() => canvas?.setShapes(shapes), [canvas, shapes, bars])
  const chosen = shapes.find(({ isChosen }) => isChosen)
  const [from, to] = [chosen?.points[0]?.time, chosen?.points.at(-1)?.time]
  // Once when it is chosen: from then on the trader moves the chart.
  const isThere = bars.length > 0
  useEffect(() => {
    if (isThere && from !== undefined && to !== undefined) canvas?.show(from, to)
  }, [canvas, isThere, from, to])
  useEffect(() => {
    lastBar.current = (bar) => {
      if (canvas?.update(bar))
        void cache.invalidateQueries({ queryKey: orpc.market.bars.key() }, { cancelRefetch: false })
    }
    return () => {
      lastBar.current = null
    }
  }, [canvas, cache, orpc, lastBar])

  const last = bars.at(-1)
  const label = `${instrument.id}, ${timeframe} candles, ${bars.length} bars, last close ${formatNumber(last?.close, { places })}. “Data table” shows the same as a table.`
  return (
    <div className={styles.chart}>
      <Legend ticker={ticker} pointed={pointed} last={last} places={places} zone={timeZone} timeframe={timeframe} />
      <div ref={place} className={styles.canvas} role="img" aria-label={label} />
      <div className={styles.credit}>
        <ChartCredit />
      </div>
      <Marks marks={marks} bars={bars} zone={timeZone} />
    </div>
  )
}

/** The marks that are drawn, as words for those who do not see the canvas (UX-20). */
function Marks({ marks, bars, zone }: { marks: readonly ChartMark[]; bars: readonly Bar[]; zone: string }) {
  const drawn = useMemo(() => [...marksByBar(marks, bars).values()].flat(), [marks, bars])
  return (
    <VisuallyHidden component="ul" aria-label="Marks on the chart">
      {drawn.map(({ id, at, words }) => (
        <li key={`${id} ${at}`}>
          {formatMoment(at, zone)} {zoneName(zone, at)}: {words}
        </li>
      ))}
    </VisuallyHidden>
  )
}

interface LegendProps {
  ticker: Ticker
  pointed: Bar | null
  last: Bar | undefined
  places: number
  zone: string
  timeframe: Timeframe
}

/** Open, high, low, close and volume of the bar under the crosshair, else of the newest. */
function Legend({ ticker, pointed, last, places, zone, timeframe }: LegendProps) {
  const { bar: live } = useTick(ticker)
  const bar = pointed ?? live ?? last
  if (bar === undefined) return null
  const price = (value: number) => formatNumber(value, { places })
  const change = bar.open === 0 ? null : bar.close / bar.open - 1
  const shownZone = timeframe === '1d' ? 'UTC' : zone
  return (
    <div className={styles.legend} aria-hidden="true">
      <span>
        {formatMoment(bar.time, shownZone).slice(0, -3)} {zoneName(shownZone, bar.time)}
      </span>
      <span>O {price(bar.open)}</span>
      <span>H {price(bar.high)}</span>
      <span>L {price(bar.low)}</span>
      <span>C {price(bar.close)}</span>
      <span>V {formatCompact(bar.volume)}</span>
      <span className={styles[trendOf(change)]}>{formatPercent(change)}</span>
    </div>
  )
}

const shownRows = 200

interface BarsTableProps {
  bars: readonly Bar[]
  instrument: Instrument
  marks: readonly ChartMark[]
}

function BarsTable({ bars, instrument, marks }: BarsTableProps) {
  const { timeZone } = useSettings()
  const words = useMemo(
    () => new Map([...marksByBar(marks, bars)].map(([index, there]) => [bars[index], there.map(({ words }) => words)])),
    [marks, bars],
  )
  const places = placesOf(instrument.priceStep)
  const price = (pick: (bar: Bar) => number) => (bar: Bar) => formatNumber(pick(bar), { places })
  const newest = bars.at(-1)?.time ?? 0
  const columns: Column<Bar>[] = [
    {
      key: 'time',
      title: `Opened (${zoneName(timeZone, newest)})`,
      render: ({ time }) => formatMoment(time, timeZone),
    },
    { key: 'open', title: 'Open', numeric: true, render: price(({ open }) => open) },
    { key: 'high', title: 'High', numeric: true, render: price(({ high }) => high) },
    { key: 'low', title: 'Low', numeric: true, render: price(({ low }) => low) },
    { key: 'close', title: 'Close', numeric: true, render: price(({ close }) => close) },
    {
      key: 'volume',
      title: `Volume (${instrument.base})`,
      numeric: true,
      render: ({ volume }) => formatNumber(volume, { places: 2 }),
    },
    { key: 'marks', title: 'Marks', wide: true, render: (bar) => words.get(bar)?.join('; ') },
  ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={styles.table} tabIndex={0} role="region" aria-label="Bars as a table">
      <DataTable
        label={`Bars of ${instrument.id}`}
        columns={columns}
        rows={bars.slice(-shownRows).reverse()}
        rowKey={({ time }) => time}
      />
    </div>
  )
}
