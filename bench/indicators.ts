import * as indicatorts from 'indicatorts'
import * as technical from 'technicalindicators'
import * as signals from 'trading-signals'
import { computeIndicator, indicators } from '#engine/market/indicators/catalogue.ts'
import { streamBars } from '#engine/market/indicators/sheet.ts'
import { type Bar, barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'

const count = 1_000_000

/** The same bars in the shapes that the libraries take: plain arrays, made before anything is measured. */
interface Walk {
  readonly bars: readonly Bar[]
  readonly close: number[]
  readonly high: number[]
  readonly low: number[]
  readonly volume: number[]
}

type Run = (walk: Walk) => unknown

function randomWalk(): Walk {
  const random = createRandom(1)
  let price = 100
  const bars = Array.from({ length: count }, (_, k): Bar => {
    const open = price
    price *= Math.exp(0.001 * random.normal())
    const [high, low] = [Math.max(open, price) * 1.001, Math.min(open, price) / 1.001]
    return { time: k * 60_000, open, high, low, close: price, volume: random.int(1, 1000) }
  })
  return {
    bars,
    close: bars.map((bar) => bar.close),
    high: bars.map((bar) => bar.high),
    low: bars.map((bar) => bar.low),
    volume: bars.map((bar) => bar.volume),
  }
}

/** trading-signals, which only streams. */
const closes =
  (create: () => { update(value: number, replace: boolean): unknown }): Run =>
  ({ close }) => {
    const peer = create()
    for (const value of close) peer.update(value, false)
  }
const candles =
  (create: () => { update(value: Bar, replace: boolean): unknown }): Run =>
  ({ bars }) => {
    const peer = create()
    for (const bar of bars) peer.update(bar, false)
  }

/** technicalindicators, one value at a time. */
const nextClose =
  (create: () => { nextValue(value: number): unknown }): Run =>
  ({ close }) => {
    const peer = create()
    for (const value of close) peer.nextValue(value)
  }
const nextBar =
  (create: () => { nextValue: (value: never) => unknown }): Run =>
  ({ bars }) => {
    // What it declares to take and what it takes differ for some.
    const peer = create() as { nextValue: (value: Bar) => unknown }
    for (const bar of bars) peer.nextValue(bar)
  }

interface Peers {
  readonly signals: Run
  readonly technical: Run
  readonly technicalStream: Run
  readonly indicatorts?: Run
}

const none = { values: [] as number[] }
const noBars = { high: [] as number[], low: [] as number[], close: [] as number[] }
const noVolumes = { ...noBars, volume: [] as number[] }
const macdInput = { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, SimpleMAOscillator: false, SimpleMASignal: false }

const peers: Readonly<Record<string, Peers>> = {
  sma: {
    signals: closes(() => new signals.SMA(20)),
    technical: ({ close }) => technical.SMA.calculate({ period: 20, values: close }),
    technicalStream: nextClose(() => new technical.SMA({ period: 20, ...none })),
    indicatorts: ({ close }) => indicatorts.sma(close, { period: 20 }),
  },
  ema: {
    signals: closes(() => new signals.EMA(20)),
    technical: ({ close }) => technical.EMA.calculate({ period: 20, values: close }),
    technicalStream: nextClose(() => new technical.EMA({ period: 20, ...none })),
    indicatorts: ({ close }) => indicatorts.ema(close, { period: 20 }),
  },
  wma: {
    signals: closes(() => new signals.WMA(20)),
    technical: ({ close }) => technical.WMA.calculate({ period: 20, values: close }),
    technicalStream: nextClose(() => new technical.WMA({ period: 20, ...none })),
  },
  rsi: {
    signals: closes(() => new signals.RSI(14)),
    technical: ({ close }) => technical.RSI.calculate({ period: 14, values: close }),
    technicalStream: nextClose(() => new technical.RSI({ period: 14, ...none })),
    indicatorts: ({ close }) => indicatorts.rsi(close, { period: 14 }),
  },
  macd: {
    signals: closes(() => new signals.MACD(new signals.EMA(12), new signals.EMA(26), new signals.EMA(9))),
    technical: ({ close }) => technical.MACD.calculate({ ...macdInput, values: close }),
    technicalStream: nextClose(() => new technical.MACD({ ...macdInput, ...none })),
    indicatorts: ({ close }) => indicatorts.macd(close, { fast: 12, slow: 26, signal: 9 }),
  },
  bollinger: {
    signals: closes(() => new signals.BollingerBands(20, 2)),
    technical: ({ close }) => technical.BollingerBands.calculate({ period: 20, stdDev: 2, values: close }),
    technicalStream: nextClose(() => new technical.BollingerBands({ period: 20, stdDev: 2, ...none })),
    indicatorts: ({ close }) => indicatorts.bb(close, { period: 20 }),
  },
  atr: {
    signals: candles(() => new signals.ATR(14)),
    technical: ({ high, low, close }) => technical.ATR.calculate({ period: 14, high, low, close }),
    technicalStream: nextBar(() => new technical.ATR({ period: 14, ...noBars })),
    indicatorts: ({ high, low, close }) => indicatorts.atr(high, low, close, { period: 14 }),
  },
  adx: {
    signals: candles(() => new signals.ADX(14)),
    technical: ({ high, low, close }) => technical.ADX.calculate({ period: 14, high, low, close }),
    technicalStream: nextBar(() => new technical.ADX({ period: 14, ...noBars })),
  },
  stochastic: {
    signals: candles(() => new signals.StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 })),
    technical: ({ high, low, close }) =>
      technical.Stochastic.calculate({ period: 14, signalPeriod: 3, high, low, close }),
    technicalStream: nextBar(() => new technical.Stochastic({ period: 14, signalPeriod: 3, ...noBars })),
    indicatorts: ({ high, low, close }) => indicatorts.stoch(high, low, close, { kPeriod: 14, dPeriod: 3 }),
  },
  williamsr: {
    signals: candles(() => new signals.WilliamsR(14)),
    technical: ({ high, low, close }) => technical.WilliamsR.calculate({ period: 14, high, low, close }),
    technicalStream: nextBar(() => new technical.WilliamsR({ period: 14, ...noBars })),
    indicatorts: ({ high, low, close }) => indicatorts.williamsR(high, low, close, { period: 14 }),
  },
  cci: {
    signals: candles(() => new signals.CCI(20)),
    technical: ({ high, low, close }) => technical.CCI.calculate({ period: 20, high, low, close }),
    technicalStream: nextBar(() => new technical.CCI({ period: 20, ...noBars })),
    indicatorts: ({ high, low, close }) => indicatorts.cci(high, low, close, { period: 20 }),
  },
  mfi: {
    signals: candles(() => new signals.MFI(14)),
    technical: ({ high, low, close, volume }) => technical.MFI.calculate({ period: 14, high, low, close, volume }),
    technicalStream: nextBar(() => new technical.MFI({ period: 14, ...noVolumes })),
    indicatorts: ({ high, low, close, volume }) => indicatorts.mfi(high, low, close, volume, { period: 14 }),
  },
  obv: {
    signals: candles(() => new signals.OBV(2)),
    technical: ({ close, volume }) => technical.OBV.calculate({ close, volume }),
    technicalStream: nextBar(() => new technical.OBV({ close: [], volume: [] })),
    indicatorts: ({ close, volume }) => indicatorts.obv(close, volume),
  },
}

/** Milliseconds of processor time that this thread has used: what others do on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const sampleMs = 50

/** Nanoseconds a bar: the least of four samples of 50 ms and more (its clock ticks coarsely), after two runs to warm up. */
function nanosecondsPerBar(run: () => void): number {
  run()
  run()
  const samples = Array.from({ length: 4 }, () => {
    const start = cpuMs()
    let runs = 0
    while (cpuMs() - start < sampleMs) {
      run()
      runs++
    }
    return (cpuMs() - start) / runs
  })
  return (Math.min(...samples) * 1e6) / count
}

/** One indicator in nanoseconds a bar: ours and the fastest peer, in a batch and streamed, and the bound of memory. */
export interface IndicatorBenchRow {
  readonly indicator: string
  readonly batch: number
  readonly peerBatch: number
  readonly peer: string
  readonly bound: number
  readonly stream: number
  readonly peerStream: number
}

/**
 * Measures indicators beside trading-signals, technicalindicators and indicatorts over a million bars of a random walk,
 * the same for all, and prints a table. "copy" is what allocating and filling the result's columns from an input column
 * costs: no batch can be faster. INDICATORS=ema,cci measures those
 * alone.
 */
export function benchIndicators(): IndicatorBenchRow[] {
  const walk = randomWalk()
  const series = barSeries([...walk.bars])
  const chosen = process.env['INDICATORS']?.split(',')
  const copy = nanosecondsPerBar(() => {
    new Float64Array(count).set(series.close)
  })
  const rows = Object.entries(peers)
    .filter(([indicator]) => chosen?.includes(indicator) ?? true)
    .map(([indicator, peer]): IndicatorBenchRow => {
      const entry = indicators[indicator]
      const batch = nanosecondsPerBar(() => computeIndicator(indicator, series))
      const columns = Object.keys(computeIndicator(indicator, series)).length
      const stream = nanosecondsPerBar(() => {
        const streamed = streamBars((sheet, columns) => entry?.build(sheet, columns, entry.defaults))
        for (const bar of walk.bars) streamed.push(bar)
      })
      const streams = {
        'trading-signals': nanosecondsPerBar(() => peer.signals(walk)),
        technicalindicators: nanosecondsPerBar(() => peer.technicalStream(walk)),
      }
      const { indicatorts: third } = peer
      const batches: Record<string, number> = {
        'trading-signals': streams['trading-signals'],
        technicalindicators: nanosecondsPerBar(() => peer.technical(walk)),
        ...(third && { indicatorts: nanosecondsPerBar(() => third(walk)) }),
      }
      const [fastest = ['', Number.NaN] as const] = Object.entries(batches).sort(([, a], [, b]) => a - b)
      return {
        indicator,
        batch,
        peerBatch: fastest[1],
        peer: fastest[0],
        bound: copy * columns,
        stream,
        peerStream: Math.min(...Object.values(streams)),
      }
    })
  console.table(
    Object.fromEntries(
      rows.map((row) => [
        row.indicator,
        {
          'batch ns/bar': Number(row.batch.toFixed(1)),
          'best peer': Number(row.peerBatch.toFixed(1)),
          peer: row.peer,
          'times faster': Number((row.peerBatch / row.batch).toFixed(1)),
          'copy ns/bar': Number(row.bound.toFixed(1)),
          'stream ns/bar': Number(row.stream.toFixed(1)),
          'best peer, streamed': Number(row.peerStream.toFixed(1)),
          'stream times faster': Number((row.peerStream / row.stream).toFixed(1)),
        },
      ]),
    ),
  )
  return rows
}
