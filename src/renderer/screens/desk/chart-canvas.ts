import {
  CandlestickSeries,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  type SeriesMarker,
  TickMarkType,
  type UTCTimestamp,
} from 'lightweight-charts'
import { formatCompact, formatNumber } from '#renderer/ui/format.ts'
import { chartTimes, formatDate, formatMinute, formatMoment } from '#renderer/ui/time.ts'
import type { Bar } from '#shared/domain/bar.ts'
import { type ChartLine, type ChartMark, marksByBar } from './chart-view.ts'
import type { ChartShape } from './pattern-view.ts'

interface CanvasOptions {
  readonly zone: string
  readonly daily: boolean
  readonly places: number
  /** The bar under the crosshair, or null where there is none. */
  readonly onPoint: (bar: Bar | null) => void
  readonly onMark: (id: string) => void
  /** The left end is near: more history is wanted. */
  readonly onOlder: () => void
}

const shownBars = 140
const nearEnd = 30
/** Bars that are left free at the right; more of them where names stand at the last ones. */
const freeBars = 6
const freeBesideNames = 14

/** One chart outside of React: candles, volume in its own pane, marks and lines; ticks update the last candle in place. */
export class ChartCanvas {
  readonly #options: CanvasOptions
  readonly #chart: IChartApi
  readonly #candles: ISeriesApi<'Candlestick'>
  readonly #volume: ISeriesApi<'Histogram'>
  readonly #marks: ISeriesMarkersPluginApi<never>
  readonly #colours: ReturnType<typeof readColours>
  #lines: IPriceLine[] = []
  #shapes: ISeriesApi<'Line'>[] = []
  #bars: Bar[] = []
  #times: number[] = []

  constructor(element: HTMLElement, options: CanvasOptions) {
    this.#options = options
    this.#colours = readColours(element)
    const { surface, dim, line, strong, up, down } = this.#colours
    this.#chart = createChart(element, {
      autoSize: true,
      layout: {
        background: { color: surface },
        textColor: dim,
        fontFamily: "'Inter Variable', system-ui, sans-serif",
        fontSize: 11,
        // A link beside the chart credits TradingView instead.
        attributionLogo: false,
        panes: { separatorColor: line, separatorHoverColor: line, enableResize: false },
      },
      grid: {
        vertLines: { color: line, style: LineStyle.Dotted },
        horzLines: { color: line, style: LineStyle.Dotted },
      },
      crosshair: {
        mode: CrosshairMode.Normal,
        vertLine: { color: dim, width: 1, style: LineStyle.Dashed, labelBackgroundColor: strong },
        horzLine: { color: dim, width: 1, style: LineStyle.Dashed, labelBackgroundColor: strong },
      },
      rightPriceScale: { borderColor: line, scaleMargins: { top: 0.14, bottom: 0.06 } },
      timeScale: {
        borderColor: line,
        timeVisible: !options.daily,
        secondsVisible: false,
        rightOffset: freeBars,
        tickMarkFormatter: (time: number, type: TickMarkType) => tickLabel(time, type),
      },
      localization: {
        timeFormatter: (time: number) => this.#timeLabel(time),
      },
    })
    this.#candles = this.#chart.addSeries(CandlestickSeries, {
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      borderVisible: false,
      priceLineColor: dim,
      priceFormat: {
        type: 'custom',
        formatter: (price: number) => formatNumber(price, { places: options.places }),
        minMove: 10 ** -options.places,
      },
    })
    this.#volume = this.#chart.addSeries(
      HistogramSeries,
      {
        priceFormat: { type: 'custom', formatter: formatCompact, minMove: 0.01 },
        lastValueVisible: false,
        priceLineVisible: false,
      },
      1,
    )
    this.#volume.priceScale().applyOptions({ scaleMargins: { top: 0.25, bottom: 0 } })
    this.#chart.panes()[0]?.setStretchFactor(5)
    this.#chart.panes()[1]?.setStretchFactor(1)
    this.#marks = createSeriesMarkers(this.#candles, []) as unknown as ISeriesMarkersPluginApi<never>
    this.#chart.subscribeCrosshairMove((event) => options.onPoint(this.#barAt(event)))
    this.#chart.subscribeClick((event) => {
      if (typeof event.hoveredObjectId === 'string') options.onMark(event.hoveredObjectId)
    })
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null && range.from < nearEnd && this.#bars.length > 0) options.onOlder()
    })
  }

  /** Shows the bars, oldest first; keeps the view where it is, except the first time. */
  setBars(bars: readonly Bar[]): void {
    const first = this.#bars.length === 0
    this.#bars = [...bars]
    this.#times = chartTimes(
      bars.map(({ time }) => time),
      this.#options.zone,
      this.#options.daily,
    )
    this.#candles.setData(this.#bars.map((bar, index) => this.#candle(bar, index)))
    this.#volume.setData(this.#bars.map((bar, index) => this.#column(bar, index)))
    if (first && bars.length > 0) {
      this.#chart.timeScale().setVisibleLogicalRange({ from: bars.length - shownBars, to: bars.length + freeBars })
    }
  }

  /** Changes the last bar or adds the next; returns true when it added one. Older bars are left alone. */
  update(bar: Bar): boolean {
    const last = this.#bars.at(-1)
    if (last === undefined || bar.time < last.time) return false
    const added = bar.time > last.time
    if (added) {
      const [time = 0] = chartTimes([bar.time], this.#options.zone, this.#options.daily)
      this.#times.push(Math.max(time, (this.#times.at(-1) ?? 0) + 1))
      this.#bars.push(bar)
    } else {
      this.#bars[this.#bars.length - 1] = bar
    }
    const index = this.#bars.length - 1
    this.#candles.update(this.#candle(bar, index))
    this.#volume.update(this.#column(bar, index))
    return added
  }

  setMarks(marks: readonly ChartMark[]): void {
    const { up, down, accent, dim } = this.#colours
    const shown = [...marksByBar(marks, this.#bars)].flatMap(([index, there]) => {
      const time = this.#times[index] as UTCTimestamp
      return there.map(({ id, kind, text, isChosen = false }): SeriesMarker<UTCTimestamp> => {
        if (kind === 'buy') return { id, time, text, position: 'belowBar', shape: 'arrowUp', color: up }
        if (kind === 'sell') return { id, time, text, position: 'aboveBar', shape: 'arrowDown', color: down }
        if (kind === 'decision')
          return { id, time, text, position: 'aboveBar', shape: 'circle', color: accent, size: 0.6 }
        const position = kind === 'pattern above' ? 'aboveBar' : 'belowBar'
        return { id, time, text, position, shape: 'square', color: isChosen ? accent : dim, size: 0.4 }
      })
    })
    this.#marks.setMarkers(shown as never[])
    const hasNames = marks.some(({ kind }) => kind.startsWith('pattern'))
    this.#chart.timeScale().applyOptions({ rightOffset: hasNames ? freeBesideNames : freeBars })
  }

  setLines(lines: readonly ChartLine[]): void {
    const { strong, accent, danger } = this.#colours
    for (const line of this.#lines) this.#candles.removePriceLine(line)
    const looks = {
      average: { color: strong, lineStyle: LineStyle.Solid },
      order: { color: accent, lineStyle: LineStyle.Dashed },
      stop: { color: danger, lineStyle: LineStyle.LargeDashed },
    }
    this.#lines = lines.map(({ kind, price, title }) =>
      this.#candles.createPriceLine({ ...looks[kind], price, title, lineWidth: 1, axisLabelVisible: true }),
    )
  }

  /** Draws lines from bar to bar; of those that begin before the first bar what is there. */
  setShapes(shapes: readonly ChartShape[]): void {
    const { accent, dim } = this.#colours
    for (const shape of this.#shapes) this.#chart.removeSeries(shape)
    const rows = new Map(this.#bars.map(({ time }, index) => [time, index]))
    this.#shapes = shapes.map(({ kind, points, isChosen }) => {
      const series = this.#chart.addSeries(LineSeries, {
        color: isChosen ? accent : dim,
        lineWidth: isChosen ? 2 : 1,
        lineStyle: kind === 'trigger' ? LineStyle.Dashed : LineStyle.Solid,
        pointMarkersVisible: kind === 'shape',
        pointMarkersRadius: 2,
        lastValueVisible: false,
        priceLineVisible: false,
        crosshairMarkerVisible: false,
        // The scale is that of the prices.
        autoscaleInfoProvider: () => null,
      })
      series.setData(
        points.flatMap(({ time, price }) => {
          const at = this.#times[rows.get(time) ?? -1]
          return at === undefined ? [] : [{ time: at as UTCTimestamp, value: price }]
        }),
      )
      return series
    })
  }

  /** Brings a span of time into view, with some bars around it. */
  show(from: number, to: number): void {
    const first = this.#bars.findIndex(({ time }) => time >= from)
    const last = this.#bars.findLastIndex(({ time }) => time <= to)
    const scale = this.#chart.timeScale()
    const range = scale.getVisibleLogicalRange()
    if (first < 0 || last < 0 || (range !== null && range.from <= first && range.to >= last)) return
    scale.setVisibleLogicalRange({
      from: first - shownBars / 4,
      to: Math.max(last, first + shownBars / 2) + freeBesideNames,
    })
  }

  dispose(): void {
    this.#chart.remove()
  }

  #candle({ open, high, low, close }: Bar, index: number) {
    return { time: this.#times[index] as UTCTimestamp, open, high, low, close }
  }

  #column({ open, close, volume }: Bar, index: number) {
    const color = close >= open ? this.#colours.upSoft : this.#colours.downSoft
    return { time: this.#times[index] as UTCTimestamp, value: volume, color }
  }

  #barAt(event: MouseEventParams): Bar | null {
    if (event.time === undefined) return null
    return this.#bars[this.#times.indexOf(event.time as number)] ?? null
  }

  #timeLabel(time: number): string {
    const at = this.#bars[this.#times.indexOf(time)]?.time
    if (at === undefined) return ''
    return this.#options.daily ? formatDate(at, 'UTC') : formatMoment(at, this.#options.zone).slice(0, -3)
  }
}

/** Chart times are wall-clock times already, so labels are made as if in UTC. */
function tickLabel(time: number, type: TickMarkType): string {
  const at = time * 1_000
  switch (type) {
    case TickMarkType.Year:
      return String(new Date(at).getUTCFullYear())
    case TickMarkType.Month:
      return formatDate(at, 'UTC').slice(3, 6)
    case TickMarkType.DayOfMonth:
      return formatDate(at, 'UTC').slice(0, 6)
    default:
      return formatMinute(at, 'UTC')
  }
}

function readColours(element: HTMLElement) {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const up = read('up')
  const down = read('down')
  return {
    surface: read('surface-1'),
    dim: read('text-dim'),
    line: read('line'),
    strong: read('text-strong'),
    accent: read('accent'),
    danger: read('danger'),
    up,
    down,
    upSoft: `${up}66`,
    downSoft: `${down}66`,
  }
}
