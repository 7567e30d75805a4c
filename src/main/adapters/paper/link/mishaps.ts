import { faultOf, type PaperLink, setLink } from './link.ts'

const hourMs = 3_600_000

/** Makes the link, until it is lost as often as the faults say. */
export function makeLink(link: PaperLink): void {
  setLink(link, true)
  const perHour = faultOf(link, 'disconnectsPerHour')
  if (perHour > 0) later(link, 'link', untilNext(link, perHour), () => loseLink(link))
}

/** Loses the link for so many milliseconds: some seconds unless given. */
export function loseLink(link: PaperLink, forMs = someSeconds(link, 2_000)): void {
  link.timers.get('link')?.()
  setLink(link, false)
  later(link, 'link', forMs, () => makeLink(link))
}

/** Lets calls go unanswered for some seconds, again and again, as often as the faults say. */
export function beginOutages(link: PaperLink): void {
  const perHour = faultOf(link, 'outagesPerHour')
  if (perHour === 0) return
  later(link, 'outage', untilNext(link, perHour), () => {
    link.outUntil = link.clock.monotonic() + someSeconds(link, 5_000)
    beginOutages(link)
  })
}

/** Lets the venue close every position in perpetuals, again and again, as often as the faults say. */
export function beginSqueezes(link: PaperLink, liquidate: () => void): void {
  const perHour = faultOf(link, 'liquidationsPerHour')
  if (perHour === 0) return
  later(link, 'squeeze', untilNext(link, perHour), () => {
    if (faultOf(link, 'liquidationsPerHour') > 0) liquidate()
    beginSqueezes(link, liquidate)
  })
}

/** Nothing more goes wrong. */
export function endMishaps({ timers }: PaperLink): void {
  for (const stop of timers.values()) stop()
}

function later({ timers, clock }: PaperLink, what: string, ms: number, act: () => void): void {
  timers.set(what, clock.after(ms, act))
}

/** In milliseconds; so that so many happen in an hour, each independent of the others. */
function untilNext({ chance }: PaperLink, perHour: number): number {
  return Math.round((-Math.log(1 - chance.float()) * hourMs) / perHour)
}

function someSeconds({ chance }: PaperLink, typicalMs: number): number {
  return Math.round(typicalMs * Math.exp(0.8 * chance.normal()))
}
