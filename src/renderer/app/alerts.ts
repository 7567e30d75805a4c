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
      title: 'What the account holds is unknown',
      effect: `${account.unknown}. Cash and positions are not shown, and nothing can be closed from here.`,
      next: 'Look at the broker. Re-arming, once all is compared, takes what the broker says as the account.',
    },
    stop !== null &&
      stop.unknown > 0 && {
        id: 'unknown',
        tone: 'bad',
        title: `${stop.unknown} ${stop.unknown === 1 ? 'order' : 'orders'} in an unknown state`,
        effect: 'They may still be filled.',
        next: 'The desk keeps asking the broker; look there too.',
      },
    stop !== null &&
      stop.unprotected.length > 0 && {
        id: 'unprotected',
        tone: 'bad',
        title: `Without protection: ${stop.unprotected.join(', ')}`,
        effect: 'These positions have no protective order.',
        next: 'Allow closing by hand to reduce them.',
      },
    !broker.connected && {
      id: 'broker',
      tone: 'bad',
      title: `No link to ${broker.name}`,
      effect: 'Orders cannot be sent or cancelled.',
      next: 'The desk keeps connecting. Working orders are at the broker still.',
    },
    isFeedStale(status) && {
      id: 'feed',
      tone: 'warn',
      title: feed.connected ? `${feed.name} is silent` : `No link to ${feed.name}`,
      effect: 'The gate denies orders on stale prices.',
      next: 'Wait for prices, or choose another feed in Settings.',
    },
    deadManSwitch.on &&
      (deadManSwitch.failure !== null || isOver(deadManSwitch.armedUntil, now)) && {
        id: 'timer',
        tone: 'bad',
        title: `The venue’s timer: ${deadManWords(deadManSwitch, now)}`,
        effect: 'Unless it is set again in time the venue cancels every order, stops and targets too.',
        next: 'The desk keeps trying. Look at the broker, or switch the timer off in Settings.',
      },
    stopShortcut.state === 'not armed' && {
      id: 'shortcut',
      tone: 'warn',
      title: `The stop shortcut is not armed (${stopShortcut.accelerator})`,
      effect: 'The keys do not stop trading while another program is in front.',
      next: 'Close the program that holds them and start Parley again. STOP, the tray and "parley stop" work.',
    },
    reviews.waiting > 0 && {
      id: 'reviews',
      tone: 'warn',
      title: `${reviews.waiting} ${reviews.waiting === 1 ? 'decision waits' : 'decisions wait'} for you`,
      effect: `Unanswered it is rejected in ${formatDuration(reviews.nextExpiresInMs)}; nothing is sent without you.`,
      next: 'Open Review.',
    },
    reviews.habit !== null && {
      id: 'habit',
      tone: 'warn',
      title: 'Approving may have become a habit',
      effect: reviews.habit,
      next: 'Read what speaks against the next one before you answer.',
    },
    deadLetters > 0 && {
      id: 'letters',
      tone: 'warn',
      title: `${deadLetters} undelivered ${deadLetters === 1 ? 'message' : 'messages'}`,
      effect: 'Agents missed them; their part of a decision may be absent.',
      next: 'Read them under Agents.',
    },
    loop !== null &&
      loop.alarm !== null && {
        id: 'loop',
        tone: 'warn',
        title:
          loop.alarm === 'stalled'
            ? `The engine stood still for ${formatDuration(loop.maxMs)}`
            : `The engine is slow: ${formatDuration(loop.p99Ms)} late`,
        effect: 'Decisions and cancels leave later than they should.',
        next: 'Cancel the run under way or close other programs.',
      },
  ]
  return alerts.filter((alert) => alert !== false)
}
