import { Link } from '@tanstack/react-router'
import { EmptyState } from './states.tsx'

/** HO-10: stands where the votes or the conversation of a decision will be that the trader is to judge first. */
export function JudgeFirst({ what }: { what: string }) {
  return (
    <EmptyState title="Say first what you think">
      The agents disagree widely on this decision. {what} shown once you have given your own view, by the chart and the
      evidence: <Link to="/reviews">to the review ›</Link> Until then nothing is sent.
    </EmptyState>
  )
}
