import type { Noun } from '#shared/contract/system.ts'
import type { EventKind } from '#shared/domain/event.ts'

const byKind: Readonly<Record<EventKind, readonly Noun[]>> = {
  deskStarted: [],
  deskStopped: [],
  accountOpened: [],
  accountDoubted: ['positions'],
  dayOpened: [],
  settingsChanged: ['settings'],
  barsImported: ['bars'],
  agentStatusChanged: ['agents'],
  runStarted: ['runs'],
  runResumed: ['runs'],
  runEnded: ['runs', 'agents'],
  stepStarted: ['runs'],
  stepRetried: ['runs'],
  stepSucceeded: ['runs'],
  stepFailed: ['runs'],
  stepSkipped: ['runs'],
  stepCancelled: ['runs'],
  stepAnsweredLate: [],
  evidenceGathered: ['evidence'],
  dossierValidated: ['evidence'],
  insightFormed: [],
  argumentMade: [],
  messagePosted: ['messages'],
  traderObjected: ['messages'],
  proposalMade: ['vote'],
  proposalRevised: ['vote'],
  ballotCast: ['vote'],
  tallyTaken: ['vote'],
  decisionMade: ['vote', 'runs'],
  outcomeMeasured: ['vote'],
  orderInitialized: ['orders'],
  orderDenied: ['orders'],
  orderSubmitted: ['orders'],
  orderAccepted: ['orders'],
  orderRejected: ['orders'],
  orderUnknown: ['orders'],
  orderFilled: ['orders', 'positions'],
  orderPendingCancel: ['orders'],
  orderCancelRejected: ['orders'],
  orderCanceled: ['orders'],
  orderExpired: ['orders'],
  ordersReconciled: ['orders', 'positions'],
  // A re-arm can make an unknown account known.
  tradingStateChanged: ['positions'],
  stopProgressed: [],
  letterDied: ['agents'],
}

/** What a page has to fetch again after a record of this kind; the status comes with every change anyway. */
export function nounsOf(kind: EventKind): readonly Noun[] {
  return byKind[kind]
}
