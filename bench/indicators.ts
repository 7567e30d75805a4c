import {
  ADX,
  ATR,
  BollingerBands,
  CCI,
  EMA,
  MACD,
  MFI,
  OBV,
  RSI,
  SMA,
  StochasticOscillator,
  WilliamsR,
  WMA,
} from 'trading-signals'
import { computeIndicator, indicators } from '#engine/market/indicators/catalogue.ts'
import { streamBars } from '#engine/market/indicators/sheet.ts'
import { type Bar, barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'

type Candle = Omit<Bar, 'time'>

interface Peer {
  update(value: Candle, replace: boolean): unknown
}
interface ClosePeer {
  update(value: number, replace: boolean): unknown
}

function closes(create: () => ClosePeer): (bars: readonly Bar[]) => void {
  return (bars) => {
    const peer = create()
    for (const bar of bars) peer.update(bar.close, false)
  }
}

function candles(create: () => Peer): (bars: readonly Bar[]) => void {
  return (bars) => {
    const peer = create()
    for (const bar of bars) peer.update(bar, false)
  }
}

const peers: Readonly<Record<string, (bars: readonly Bar[]) => void>> = {
  sma: closes(() => new SMA(20)),
  ema: closes(() => new EMA(20)),
  wma: closes(() => new WMA(20)),
  rsi: closes(() => new RSI(14)),
  macd: closes(() => new MACD(new EMA(12), new EMA(26), new EMA(9))),
  bollinger: closes(() => new BollingerBands(20, 2)),
  atr: candles(() => new ATR(14)),
  adx: candles(() => new ADX(14)),
  stochastic: candles(() => new StochasticOscillator({ kPeriod: 14, kSlowingPeriod: 3, dPeriod: 3 })),
  williamsr: candles(() => new WilliamsR(14)),
  cci: candles(() => new CCI(20)),
  mfi: candles(() => new MFI(14)),
  obv: candles(() => new OBV(2)),
}

/** Median nanoseconds a bar over several runs, after warming up. */
function nanosecondsPerBar(bars: number, run: () => void): number {
  for (let k = 0; k < 5; k++) run()
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now()
    run()
    return ((performance.now() - start) * 1e6) / bars
  })
  return times.sort((a, b) => a - b)[7] as number
}

/** One indicator: nanoseconds a bar, ours in a batch and streamed, and the peer's; times is peer / batch. */
export interface IndicatorBenchRow {
  readonly indicator: string
  readonly batch: number
  readonly stream: number
  readonly peer: number
  readonly times: number
}

/**
 * Measures indicators beside trading-signals over 20,000 bars of a random walk, the same for both, and prints a table.
 */
export function benchIndicators(): IndicatorBenchRow[] {
  const random = createRandom(1)
  let price = 100
  const bars = Array.from({ length: 20_000 }, (_, k): Bar => {
    const open = price
    price *= Math.exp(0.01 * random.normal())
    return {
      time: k * 60_000,
      open,
      high: Math.max(open, price) * 1.001,
      low: Math.min(open, price) / 1.001,
      close: price,
      volume: random.int(1, 1000),
    }
  })
  const series = barSeries(bars)
  const rows = Object.entries(peers).map(([indicator, run]): IndicatorBenchRow => {
    const entry = indicators[indicator]
    const batch = nanosecondsPerBar(bars.length, () => computeIndicator(indicator, series))
    const stream = nanosecondsPerBar(bars.length, () => {
      const streamed = streamBars((sheet, columns) => entry?.build(sheet, columns, entry.defaults))
      for (const bar of bars) streamed.push(bar)
    })
    const peer = nanosecondsPerBar(bars.length, () => run(bars))
    return { indicator, batch, stream, peer, times: peer / batch }
  })
  console.table(
    Object.fromEntries(
      rows.map(({ indicator, batch, stream, peer, times }) => [
        indicator,
        {
          'batch ns/bar': Number(batch.toFixed(1)),
          'stream ns/bar': Number(stream.toFixed(1)),
          'trading-signals ns/bar': Number(peer.toFixed(1)),
          'times faster': Number(times.toFixed(1)),
        },
      ]),
    ),
  )
  return rows
}
