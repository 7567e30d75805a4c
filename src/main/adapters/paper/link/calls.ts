import { ParleyError } from '#shared/lib/error.ts'
import { faultOf, oneWayMs, type PaperLink } from './link.ts'

/**
 * Carries a call to the venue and its answer back. `changes` says whether a lost call leaves a doubt; `act` is told whether its
 * answer will be lost. Rejects with BROKER_DISCONNECTED or BROKER_RATE_LIMITED (retryable, nothing was done), BROKER_NO_ANSWER
 * (ambiguous where it changes something), or what `act` throws.
 */
export function call<T>(
  link: PaperLink,
  what: string,
  changes: boolean,
  act: (answerIsLost: boolean) => T,
): Promise<T> {
  const { clock, chance, timeoutMs } = link
  return new Promise((resolve, reject) => {
    if (!link.linked) {
      reject(disconnected(what))
      return
    }
    const sentOn = link.number
    if (chance.chance(faultOf(link, 'rateLimit'))) {
      clock.after(2 * oneWayMs(link), () => reject(rateLimited(what)))
      return
    }
    const requestIsLost = clock.monotonic() < link.outUntil || chance.chance(faultOf(link, 'lostRequest'))
    const answerIsLost = chance.chance(faultOf(link, 'lostAcknowledgement'))
    const cancelTimeout = clock.after(timeoutMs, () => reject(noAnswer(what, changes)))
    if (requestIsLost) return
    clock.after(oneWayMs(link), () => {
      if (link.number !== sentOn) return
      let answer: T
      try {
        answer = act(answerIsLost)
      } catch (error) {
        cancelTimeout()
        reject(error)
        return
      }
      if (answerIsLost) return
      clock.after(oneWayMs(link), () => {
        if (link.number !== sentOn) return
        cancelTimeout()
        resolve(answer)
      })
    })
  })
}

function disconnected(what: string): ParleyError {
  return new ParleyError('BROKER_DISCONNECTED', `Cannot ${what}: there is no link to the broker.`, {
    retry: 'retryable',
    wayOut: 'The desk reconnects by itself; try again then.',
  })
}

function rateLimited(what: string): ParleyError {
  return new ParleyError('BROKER_RATE_LIMITED', `The broker takes no more requests for now: ${what}.`, {
    retry: 'retryable',
    wayOut: 'Ask again in some seconds.',
  })
}

function noAnswer(what: string, changes: boolean): ParleyError {
  return new ParleyError('BROKER_NO_ANSWER', `The broker did not answer the request to ${what}.`, {
    retry: changes ? 'ambiguous' : 'retryable',
    wayOut: changes ? 'Ask the broker what became of it before anything else.' : 'Ask again.',
  })
}
