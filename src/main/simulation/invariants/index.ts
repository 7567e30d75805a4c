import type {
  Balance,
  Booking,
  Calm,
  CancelRequest,
  DayOpening,
  Departure,
  GateAdmission,
  Quiescence,
  Rearming,
  Restart,
  StatusChange,
  StoredRecord,
} from '#main/simulation/observation.ts'
import { coolDownTakesItsTime, endedMandateStaysEnded, noDayAgain } from './clock-revives-nothing.ts'
import { endedStaysEnded } from './ended-stays-ended.ts'
import { exposureWithinMandate } from './exposure-within-mandate.ts'
import { fundingIsTheBrokers, liquidationsAreTold } from './funding-adds-up.ts'
import { haltedSurvives } from './halted-survives.ts'
import { deskOpens, deskRearms, ordersEnd, runsEnd } from './liveness.ts'
import { noOrderAfterStop } from './no-order-after-stop.ts'
import { nothingLost } from './nothing-lost.ts'
import { oneOrderAnIntent } from './one-order-an-intent.ts'
import { ordersStayOnPaper, recordsStayOnPaper } from './paper-only.ts'
import { parentsEnd, partStaysWithinWhole, partsFillNoMore } from './parts-stay-within-whole.ts'
import { booksAgree, positionsAreTheBrokers } from './position-is-sum-of-fills.ts'
import { onePairAnOrder, positionsAreProtected, stopsAreOnTheLosingSide } from './positions-are-protected.ts'
import { cancelIsRecorded, journalVerifies, orderIsRecorded, recordContinuesChain } from './recorded-before-sent.ts'
import { reducingAdmitsOnlyReductions, reducingFillsOnlyReduce } from './reducing-never-increases.ts'
import { replayRebuilds, restartRebuilds } from './replay-rebuilds.ts'
import { approvalIsInTime, reviewIsNotSent } from './review-is-not-sent.ts'

/** What can be seen of a desk from outside, by the occasion on which it is seen. */
export interface Observation {
  readonly departure: Departure
  readonly cancelRequest: CancelRequest
  readonly admission: GateAdmission
  readonly booking: Booking
  readonly storedRecord: StoredRecord
  readonly statusChange: StatusChange
  readonly balance: Balance
  readonly restart: Restart
  readonly rearming: Rearming
  readonly dayOpening: DayOpening
  readonly calm: Calm
  readonly quiescence: Quiescence
}

/** The invariants of the requirements, section 5, LIVE for what must come about once nothing goes wrong, and ERROR for an error that nobody handled. */
export type InvariantId = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 15}` | 'LIVE' | 'ERROR'

/** An invariant on one occasion: undefined when it holds, else a sentence that says what broke it. */
type Check<Occasion extends keyof Observation> = readonly [
  InvariantId,
  (seen: Observation[Occasion]) => string | undefined,
]

/** Every invariant, by the occasion on which it is checked. I14 is the page's. */
export const invariants: { readonly [Occasion in keyof Observation]: readonly Check<Occasion>[] } = {
  departure: [
    ['I1', noOrderAfterStop],
    ['I2', oneOrderAnIntent],
    ['I2', partStaysWithinWhole],
    ['I7', orderIsRecorded],
    ['I8', reviewIsNotSent],
    ['I11', ordersStayOnPaper],
    ['I13', endedMandateStaysEnded],
    ['I13', approvalIsInTime],
    ['I15', onePairAnOrder],
    ['I15', stopsAreOnTheLosingSide],
  ],
  cancelRequest: [['I7', cancelIsRecorded]],
  admission: [
    ['I5', exposureWithinMandate],
    ['I6', reducingAdmitsOnlyReductions],
  ],
  booking: [['I6', reducingFillsOnlyReduce]],
  storedRecord: [
    ['I7', recordContinuesChain],
    ['I11', recordsStayOnPaper],
  ],
  statusChange: [['I9', endedStaysEnded]],
  balance: [['I4', booksAgree]],
  restart: [
    ['I10', haltedSurvives],
    ['I12', restartRebuilds],
  ],
  rearming: [['I13', coolDownTakesItsTime]],
  dayOpening: [['I13', noDayAgain]],
  calm: [['LIVE', deskOpens]],
  quiescence: [
    ['I2', partsFillNoMore],
    ['I3', nothingLost],
    ['I3', liquidationsAreTold],
    ['I4', positionsAreTheBrokers],
    ['I4', fundingIsTheBrokers],
    ['LIVE', ordersEnd],
    ['I15', positionsAreProtected],
    ['LIVE', runsEnd],
    ['LIVE', parentsEnd],
    ['I7', journalVerifies],
    ['I12', replayRebuilds],
    ['LIVE', deskRearms],
  ],
}
