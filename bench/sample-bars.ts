import { createRandom } from '#shared/lib/random.ts'

/** A CSV file of one-minute bars, a random walk: the same text for the same count. */
export function sampleBars(count: number): string {
  const random = createRandom(7)
  const lines = ['time,open,high,low,close,volume']
  let price = 2_000
  for (let minute = 0; minute < count; minute++) {
    const open = price
    price *= Math.exp(0.0005 * random.normal())
    const high = Math.max(open, price) * 1.0002
    const low = Math.min(open, price) * 0.9998
    const time = new Date(1_577_836_800_000 + minute * 60_000).toISOString()
    lines.push([time, ...[open, high, low, price, 1 + random.float()].map((value) => value.toFixed(4))].join(','))
  }
  return lines.join('\n')
}
