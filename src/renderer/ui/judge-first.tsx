import { Link } from '@tanstack/react-router'
import { EmptyState } from './states.tsx'

/** HO-10: stands where the votes or the conversation of a decision will be that the trader is to judge first. */
export function JudgeFirst({ what }: { what: string }) {
  return (
    <EmptyState title="Give your view first">
      The agents disagree widely on this decision. {what} shown after you give your own view from the chart and the
      evidence. Nothing is sent until then. <Link to="/reviews">Open the review ›</Link>
    </EmptyState>
  )
}
