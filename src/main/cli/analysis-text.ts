import { type Seat, seatTitles } from '#shared/domain/agent.ts'
import type { Choice } from '#shared/domain/ballot.ts'
import type { CountedBallot, Tally } from '#shared/domain/tally.ts'
import type { AnalysisOutput } from './analysis.ts'
import { durationText, hang, shareBar, type Terminal, textTable, utcMinute, wholePercent } from './terminal.ts'

/** A decision as a trader reads it: what was asked, found, argued, proposed, voted, decided and done, and what it cost. */
export function analysisText(analysis: AnalysisOutput, terminal: Terminal): string {
  return [
    header(analysis, terminal),
    planText(analysis, terminal),
    dossierText(analysis, terminal),
    debateText(analysis, terminal),
    proposalText(analysis, terminal),
    voteText(analysis, terminal),
    decisionText(analysis, terminal),
    ordersText(analysis, terminal),
    costText(analysis, terminal),
  ].join('\n\n')
}

const title = (text: string, { paint }: Terminal) => paint.strong(text.toUpperCase())
const words = (id: string) => id.replaceAll('_', ' ')
const seatTitle = (seat: string) => seatTitles[seat as Seat] ?? seat

function header({ instrument, profile, policy, seed, data, notes }: AnalysisOutput, terminal: Terminal): string {
  const { paint, columns } = terminal
  const source =
    data.kind === 'simulated'
      ? `Simulated exchange, seed ${data.seed}`
      : `${data.file}: ${data.bars} bars of ${data.timeframe} from ${utcMinute(data.from)} to ${utcMinute(data.to)}`
  return [
    `${paint.strong(instrument)}  profile ${profile}, ${policy} vote, seed ${seed}`,
    source,
    ...notes.map((note) => paint.faint(hang(`Note: ${note}`, 0, columns))),
  ].join('\n')
}

function planText({ plan, replans, steps }: AnalysisOutput, terminal: Terminal): string {
  const { estimate, speedup } = plan
  const { sequential, parallel, lowerBound } = estimate.seconds
  const proof = parallel === lowerBound ? 'no schedule is shorter' : `no schedule is shorter than ${lowerBound} s`
  const { paint, columns } = terminal
  const research = new Set(plan.tasks.map(({ id }) => id))
  // Research that came in on the way costs something too.
  const shown = steps.filter(({ id, state, usd }) => research.has(id) || state !== 'succeeded' || usd > 0)
  const rows = shown.map(({ title, state, usd, reason }) => [
    title,
    state,
    usd > 0 ? `$${usd.toFixed(2)}` : '',
    state === 'succeeded' ? '' : (reason ?? ''),
  ])
  return [
    `${title('Plan', terminal)}  ${plan.tasks.length} research tasks, $${estimate.usd.toFixed(2)}, ${sequential} s one after ` +
      `another, ${parallel} s in parallel (${speedup.toFixed(1)} times as fast; ${proof})`,
    textTable(rows, {
      columns,
      align: ['left', 'left', 'right'],
      paintRow: (line, row) => (shown[row]?.state === 'failed' ? paint.warn(line) : line),
    }),
    ...replans.map(({ sentence }) => hang(`  ${sentence}`, 2, columns)),
    `  The other ${steps.length - shown.length} steps, from validation to outcome, succeeded.`,
  ].join('\n')
}

function dossierText({ dossier }: AnalysisOutput, terminal: Terminal): string {
  const { paint, columns } = terminal
  const { evidence, validation } = dossier
  const rows = evidence.map((each) => [
    words(each.task),
    words(each.source),
    each.status,
    each.status === 'unavailable' ? each.reason : each.summary,
  ])
  const sum =
    validation === null
      ? 'not validated'
      : `${validation.sufficient ? 'sufficient' : 'not sufficient'}: ${wholePercent(validation.completeness)} complete, ` +
        `quality ${wholePercent(validation.quality)}, ${wholePercent(validation.freshness)} fresh, ${validation.sources} of ` +
        `${dossier.minimumSources} required sources`
  return [
    `${title('Dossier', terminal)}  ${sum}`,
    textTable(rows, {
      columns,
      paintRow: (line, row) => (evidence[row]?.status === 'unavailable' ? paint.faint(line) : line),
    }),
  ].join('\n')
}

function debateText({ debate, insight }: AnalysisOutput, terminal: Terminal): string {
  const { columns } = terminal
  const lines = debate.flatMap(({ round, arguments: said }) =>
    said.flatMap(({ side, strength, points }) => [
      `  Round ${round}, ${seatTitle(side)}: case at ${strength.toFixed(2)}${points.length === 0 ? ', nothing to add' : ''}`,
      ...points.map(({ text, answers }) => hang(`${answers === null ? '-' : '- Answer:'} ${text}`, 4, columns)),
    ]),
  )
  const view =
    insight === null
      ? 'The analyst has no view.'
      : `The analyst expects ${insight.direction} ${(insight.magnitude * 100).toFixed(2)} % over ` +
        `${secondsAsSpan(insight.horizonMs / 1_000)}, confidence ${wholePercent(insight.confidence)}.`
  return [title('Debate', terminal), hang(view, 2, columns), ...lines].join('\n')
}

function secondsAsSpan(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${Math.round(seconds / 86_400)} days`
  return seconds >= 3_600 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 60)} minutes`
}

function proposalText({ proposals }: AnalysisOutput, terminal: Terminal): string {
  const { columns } = terminal
  const [proposal, ...others] = proposals
  if (proposal === undefined) return `${title('Proposal', terminal)}  no proposal`
  const { action, quantity, instrument, entry, stop, target, riskAtStop, objectives, risks, changesMyMind } = proposal
  const what =
    action === 'hold'
      ? `hold ${instrument}`
      : `${action} ${quantity} ${instrument} at about ${entry}, stop ${stop ?? 'none'}, target ${target ?? 'none'}` +
        (riskAtStop === null ? '' : `, ${riskAtStop} at risk`)
  return [
    `${title('Proposal', terminal)}  ${what}`,
    ...objectives.map((text) => hang(text, 2, columns)),
    ...risks.map((text) => hang(`Risk: ${text}`, 2, columns)),
    hang(`Would change the proposer's mind: ${changesMyMind}`, 2, columns),
    ...(others.length > 0
      ? [hang(`Also considered: ${others.map((other) => other.action).join(', ')}`, 2, columns)]
      : []),
  ].join('\n')
}

const barWidth = 20

/** How the vote fell, those against the outcome first. */
export function voteText({ tally }: Pick<AnalysisOutput, 'tally'>, terminal: Terminal): string {
  if (tally === null) return `${title('Vote', terminal)}  no vote`
  const { columns, paint } = terminal
  const shares = tally.shares.map(({ option, share, ballots }) => [
    option,
    shareBar(share, barWidth),
    wholePercent(share),
    `${ballots} ${ballots === 1 ? 'ballot' : 'ballots'}`,
  ])
  return [
    `${title('Vote', terminal)}  ${tally.outcome}, ${tally.agreement.toFixed(0)} % agreement`,
    textTable(shares, { columns, align: ['left', 'left', 'right', 'right'] }),
    ...ballotsText('Against', tally.dissent, columns, paint.warn),
    ...ballotsText('For', tally.support, columns, (text) => text),
    ...restText(tally, columns),
  ].join('\n')
}

function ballotsText(
  heading: string,
  ballots: readonly CountedBallot[],
  columns: number,
  paint: (text: string) => string,
): string[] {
  if (ballots.length === 0) return [`  ${heading}: none`]
  const rows = ballots.map(({ ballot }) => [
    seatTitle(ballot.voter),
    choiceText(ballot.choice),
    shareBar(ballot.confidence, 10),
    wholePercent(ballot.confidence),
    ballot.reasons.join(' '),
  ])
  const align = ['left', 'left', 'left', 'right'] as const
  return [`  ${heading}:`, textTable(rows, { columns, indent: 4, align, paintRow: paint })]
}

function choiceText(choice: Choice): string {
  switch (choice.kind) {
    case 'option':
      return choice.option
    case 'conditional':
      return `${choice.option} if ${choice.conditions.join(' and ')}`
    case 'ranking':
      return choice.ranking.map((group) => group.join('=')).join(' > ')
    case 'abstain':
      return 'abstains'
  }
}

function restText({ status, abstained, absent, vetoedBy, quorum }: Tally, columns: number): string[] {
  const seats = (voters: readonly string[]) => voters.map(seatTitle).join(', ')
  return [
    ...(abstained.length > 0 ? [`Abstained: ${seats(abstained)}`] : []),
    ...(absent.length > 0 ? [`Did not vote: ${seats(absent)}`] : []),
    ...(status === 'vetoed' ? [`Veto: ${seats(vetoedBy)}`] : []),
    ...(quorum === null || quorum.met ? [] : ['Quorum missed.']),
  ].map((text) => hang(text, 2, columns))
}

function reviewSentence({ order, lifetimeMs, driftLimitBps, rules }: NonNullable<AnalysisOutput['review']>): string {
  const { side, quantity, instrument, type } = order
  const why = rules.map(({ code }) => code).join(', ')
  return `On a desk it would wait ${lifetimeMs / 1_000} s for the trader to approve ${side} ${quantity} ${instrument} ${type}. Without an answer, or if the price moves more than ${driftLimitBps} bp, nothing is sent (${why}).`
}

function decisionText({ decision, review }: AnalysisOutput, terminal: Terminal): string {
  if (decision === null) return `${title('Decision', terminal)}  no decision`
  const { paint, columns } = terminal
  const said = {
    agreed: paint.good(`${decision.action}, agreed`),
    noTrade: 'no trade',
    review: paint.warn(`${decision.action}, waits for the trader`),
  }[decision.status]
  return [
    `${title('Decision', terminal)}  ${said}, confidence ${wholePercent(decision.confidence)}`,
    hang(`Rule ${decision.rule}: ${decision.reason}`, 2, columns),
    ...(review === null ? [] : [hang(reviewSentence(review), 2, columns)]),
  ].join('\n')
}

function ordersText({ orders, outcome }: AnalysisOutput, terminal: Terminal): string {
  const { columns } = terminal
  if (orders.length === 0) return `${title('Orders', terminal)}  none sent`
  const lines = orders.flatMap((order) => [
    hang(
      `${order.side} ${order.quantity} ${order.instrument} ${order.type} ${order.timeInForce}: ${order.status}` +
        (order.reason === null ? '' : ` (${order.reason})`),
      2,
      columns,
    ),
    ...order.fills.map((fill) => hang(`filled ${fill.quantity} at ${fill.price}, fee ${fill.fee}`, 4, columns)),
  ])
  const slippage =
    outcome === null || outcome.slippageBps === null
      ? []
      : [`  Slippage ${outcome.slippageBps.toFixed(2)} bp against the decision price`]
  return [`${title('Orders', terminal)}  on paper`, ...lines, ...slippage].join('\n')
}

function costText({ run, outcome, journal }: AnalysisOutput, terminal: Terminal): string {
  const { columns } = terminal
  const took = run.endedAt === null ? 'not ended' : durationText((run.endedAt - run.startedAt) / 1_000)
  return [
    ...(outcome?.lessons.length
      ? [title('Lessons', terminal), ...outcome.lessons.map((text) => hang(text, 2, columns)), '']
      : []),
    `${title('Cost', terminal)}  $${run.usd.toFixed(2)}, ${took} of the desk's time, run ${run.status}`,
    `${title('Journal', terminal)}  ${journal.size} records, head ${journal.head}`,
  ].join('\n')
}
