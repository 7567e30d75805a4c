import { listed } from '#adapters/paper/account/contracts.ts'
import type { PaperVenue } from '#adapters/paper/venue/venue.ts'
import type { AccountEvent } from '#adapters/paper/venue/venue-state.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { Fill } from '#shared/domain/order.ts'
import { decimal, fromNumber, multiply, roundToStep } from '#shared/lib/decimal.ts'
import { deliver, faultOf, oneWayMs, type PaperLink } from './link.ts'

/** Sends an event on its way: in order, unless it is one of the late ones; a fill perhaps twice. */
export function tellOnLink(link: PaperLink, event: AccountEvent): void {
  const { chance, clock } = link
  const late = chance.chance(faultOf(link, 'delayedEvent')) ? chance.int(500, 5_000) : 0
  const now = clock.monotonic()
  const delayMs = Math.ceil(Math.max(oneWayMs(link), link.tellNoSoonerThan - now))
  if (late === 0) link.tellNoSoonerThan = now + delayMs
  deliver(link, event, delayMs + late)
  if (event.kind === 'filled' && chance.chance(faultOf(link, 'duplicateFill')))
    deliver(link, event, delayMs + late + chance.int(0, 2_000))
}

/** Lets the venue take a fill back within half a minute, or correct it, as often as the faults say. */
export function perhapsBust(link: PaperLink, feed: Feed, venue: Pick<PaperVenue, 'bust'>, fill: Fill): void {
  const { chance, clock } = link
  if (chance.chance(faultOf(link, 'bust')))
    clock.after(chance.int(500, 30_000), () => bustOrCorrect(link, feed, venue, fill))
}

function bustOrCorrect({ chance }: PaperLink, feed: Feed, venue: Pick<PaperVenue, 'bust'>, fill: Fill): void {
  const { tradeId, quantity, price, instrument } = fill
  const known = listed(feed, instrument)
  if (known === undefined || chance.chance(0.5)) {
    venue.bust(tradeId)
    return
  }
  const half = roundToStep(multiply(quantity, decimal('0.5')), known.quantityStep, 'up')
  const nudged = multiply(price, fromNumber(1 + (chance.float() - 0.5) / 1_000, 6))
  venue.bust(tradeId, {
    quantity: chance.chance(0.5) ? half : quantity,
    price: roundToStep(nudged, known.priceStep, 'nearest'),
  })
}
