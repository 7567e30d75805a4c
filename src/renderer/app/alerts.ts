import { formatDuration } from '#renderer/ui/format.ts'
import type { Status } from '#shared/contract/system.ts'
import { deadManWords } from '#shared/domain/dead-man-switch.ts'

/** Something the trader should know: what it is, what it means for trading, what to do. */
export interface DeskAlert {
  readonly id: string
  readonly tone: 'bad' | 'warn'
  readonly title: string
  readonly effect: string
  readonly next: string
}

/** True when prices are missing or too old to trade on. */
export function isFeedStale({ feed, now }: Pick<Status, 'feed' | 'now'>): boolean {
  return !feed.connected || feed.lastTickAt === null || now - feed.lastTickAt > feed.staleAfterMs
}

const isOver = (at: number | null, now: number) => at !== null && at <= now

/** What in the status asks for attention, the gravest first. */
export function statusAlerts(status: Status): DeskAlert[] {
  const { account, stop, feed, broker, deadManSwitch, stopShortcut, deadLetters, reviews, loop, now } = status
  const alerts: (DeskAlert | false)[] = [
    account.unknown !== null && {
      id: 'account',
      tone: 'bad',
      title: 'Account holdings unknown',
      effect: `${account.unknown}. Cash and positions are not shown, and you cannot close a position here.`,
      next: 'Check the account at the broker. Re-arming compares everything and then takes the broker’s figures.',
    },
    stop !== null &&
      stop.unknown > 0 && {
        id: 'unknown',
        tone: 'bad',
        title: `${stop.unknown} ${stop.unknown === 1 ? 'order' : 'orders'} with an unknown outcome`,
        effect: 'They may still be filled.',
        next: 'The desk keeps asking the broker. Check there too.',
      },
    stop !== null &&
      stop.unprotected.length > 0 && {
        id: 'unprotected',
        tone: 'bad',
        title: `Unprotected: ${stop.unprotected.join(', ')}`,
        effect: 'These positions have no protective order.',
        next: 'Allow closing by hand, then reduce them.',
      },
    !broker.connected && {
      id: 'broker',
      tone: 'bad',
      title: `No connection to ${broker.name}`,
      effect: 'Orders cannot be sent or cancelled.',
      next: 'The desk keeps reconnecting. Working orders stay at the broker.',
    },
    isFeedStale(status) && {
      id: 'feed',
      tone: 'warn',
      title: feed.connected ? `No prices from ${feed.name}` : `No connection to ${feed.name}`,
      effect: 'The gate denies orders on stale prices.',
      next: 'Wait for prices, or choose another feed in Settings.',
    },
    deadManSwitch.on &&
      (deadManSwitch.failure !== null || isOver(deadManSwitch.armedUntil, now)) && {
        id: 'timer',
        tone: 'bad',
        title: `Venue timer: ${deadManWords(deadManSwitch, now)}`,
        effect: 'If the desk cannot reset it in time, the venue cancels every order, stops and targets included.',
        next: 'The desk keeps trying. Check the broker, or switch the timer off in Settings.',
      },
    stopShortcut.state === 'not armed' && {
      id: 'shortcut',
      tone: 'warn',
      title: `The stop shortcut is not armed (${stopShortcut.accelerator})`,
      effect: 'The keys do not stop trading while another program is in front.',
      next: 'Close the program that uses them and restart Parley. STOP, the tray and "parley stop" still work.',
    },
    reviews.waiting > 0 && {
      id: 'reviews',
      tone: 'warn',
      title: `${reviews.waiting} ${reviews.waiting === 1 ? 'decision waits' : 'decisions wait'} for you`,
      effect: `Rejected in ${formatDuration(reviews.nextExpiresInMs)} unless you answer. Nothing is sent without you.`,
      next: 'Open Review.',
    },
    reviews.habit !== null && {
      id: 'habit',
      tone: 'warn',
      title: 'You may be approving out of habit',
      effect: reviews.habit,
      next: 'Read the dissent before you answer the next one.',
    },
    deadLetters > 0 && {
      id: 'letters',
      tone: 'warn',
      title: `${deadLetters} undelivered ${deadLetters === 1 ? 'message' : 'messages'}`,
      effect: 'Agents did not get them. A decision may lack their input.',
      next: 'Read them under Agents.',
    },
    loop !== null &&
      loop.alarm !== null && {
        id: 'loop',
        tone: 'warn',
        title:
          loop.alarm === 'stalled'
            ? `The engine stalled for ${formatDuration(loop.maxMs)}`
            : `The engine is slow: ${formatDuration(loop.p99Ms)} late`,
        effect: 'Decisions and cancels go out late.',
        next: 'Cancel the current run, or close other programs.',
      },
  ]
  return alerts.filter((alert) => alert !== false)
}
