import type { DeskRecord } from '#engine/journal/journal.ts'

/** How often each thing happened, so that a simulation in which nothing happens does not pass for a good one. */
export interface Counts {
  add(what: string, times?: number): void
  record(record: DeskRecord): void
  /** By name, in the order of the alphabet. */
  all(): Readonly<Record<string, number>>
}

/** Begins to count. */
export function createCounts(): Counts {
  const counts = new Map<string, number>()

  function add(what: string, times = 1): void {
    counts.set(what, (counts.get(what) ?? 0) + times)
  }

  return {
    add,
    record(record) {
      add('records')
      switch (record.kind) {
        case 'orderFilled':
          add('fills')
          return
        case 'orderInitialized': {
          const { contingency, type, timeInForce, sliceOf, side, runId } = record.data.order
          if (contingency?.kind === 'OCO') add(`exits made, ${contingency.leg}`)
          if (contingency?.kind === 'OTO') add('entries with exits')
          if (contingency?.kind === 'OTO' && side === 'sell' && runId !== algorithmRun) add('sold short on a decision')
          add(`orders made, ${type} ${timeInForce}`)
          if (sliceOf !== null) add('parts made')
          return
        }
        case 'parentOrderStarted':
          add(`orders in parts, ${record.data.parent.schedule.algorithm}`)
          return
        case 'parentOrderEnded':
          add(`orders in parts ${record.data.status}`)
          return
        case 'orderTriggered':
          add('stops triggered')
          return
        case 'orderUpdated':
          add('orders changed')
          return
        case 'orderUpdateRejected':
          add('changes refused')
          return
        case 'orderFillBusted':
          add('fills undone')
          return
        case 'orderDenied':
          add(`denied ${record.data.denial.code}`)
          return
        case 'orderUnknown':
          add('orders of unknown fate')
          return
        case 'orderCanceled':
          add('orders cancelled')
          return
        case 'fundingPaid':
          add('funding paid')
          return
        case 'positionLiquidated':
          add('positions liquidated')
          return
        case 'runStarted':
          add('runs started')
          return
        case 'runResumed':
          add('runs resumed')
          return
        case 'runEnded':
          add(`runs ${record.data.status}`)
          return
        case 'decisionMade':
          add(`decisions ${record.data.decision.status}`)
          return
        case 'reviewOpened':
        case 'reviewApproved':
        case 'reviewRejected':
        case 'reviewExpired':
        case 'reviewVoided':
        case 'reviewAnswered':
        case 'reviewActedOnLate':
        case 'overrideRecorded':
          add(record.kind)
          return
        case 'tradingStateChanged':
          add(`turned ${record.data.after.state}`)
          return
        default:
      }
    },
    all: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The run that its orders are of. */
export const algorithmRun = 'run_algorithm'
