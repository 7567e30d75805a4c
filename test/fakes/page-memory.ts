import type { Episode, MemoryEntry, MemoryHit, MemorySearch, RememberedRun } from '#shared/domain/memory.ts'
import { decimal } from '#shared/lib/decimal.ts'

const at = Date.UTC(2026, 5, 1, 9)
const runId = 'run-remembered'

const episode: Episode = {
  runId,
  instrument: 'BTC/USDT',
  profile: 'balanced',
  startedAt: at,
  endedAt: at + 60_000,
  situation: {
    instrument: 'BTC/USDT',
    at: at + 45_000,
    regime: 'trend up',
    features: { trend: 1, drift: 1.4, volatility: -0.1, rsi: 61, sentiment: 0.3, conviction: 0.24, exposure: 0 },
  },
  horizonMs: 86_400_000,
  decision: {
    id: 'dec-remembered',
    runId,
    at: at + 50_000,
    proposalId: 'pro-remembered',
    action: 'buy',
    status: 'agreed',
    rule: 'THRESHOLD',
    reason: '62 % of the weight is for buy.',
    confidence: 0.62,
    agreement: 62,
    price: decimal('64210'),
    market: null,
    epoch: 0,
  },
  outcome: {
    runId,
    decisionId: 'dec-remembered',
    at: at + 60_000,
    filledQuantity: decimal('0.015'),
    averagePrice: decimal('64214'),
    arrivalPrice: decimal('64210'),
    slippageBps: 0.62,
    fees: decimal('0.96'),
    lessons: ['Completely filled, in one fill.'],
  },
}

const about = { runId, instrument: 'BTC/USDT', regime: 'trend up', tier: 'recent', at } as const
const entries: readonly MemoryEntry[] = [
  { ...about, seq: 1, kind: 'knew', agent: 'researcher', text: 'RSI is 61, above its 50-bar band.' },
  { ...about, seq: 2, kind: 'knew', agent: 'analyst', text: 'BTC/USDT up 1.40 % within 24 h (confidence 0.62).' },
  { ...about, seq: 3, kind: 'decided', agent: 'bear', text: 'Voted to hold, 55 % sure. Funding is stretched.' },
  { ...about, seq: 4, kind: 'decided', agent: 'planner', text: 'Agreed: buy. 62 % of the weight is for buy.' },
  { ...about, seq: 5, kind: 'learned', agent: 'evaluator', text: 'Completely filled, in one fill.' },
]

/** What is found in the memory of one run that the fake desk remembers. */
export function searchMemory({ text, instrument, regime, agent, kind, tier, limit }: MemorySearch): MemoryHit[] {
  const fits = (wanted: string | undefined, is: string | null) => wanted === undefined || wanted === is
  return entries
    .filter(
      (entry) =>
        entry.text.toLowerCase().includes(text.toLowerCase()) &&
        fits(instrument, entry.instrument) &&
        fits(regime, entry.regime) &&
        fits(agent, entry.agent) &&
        fits(kind, entry.kind) &&
        fits(tier, entry.tier),
    )
    .toReversed()
    .slice(0, limit)
    .map((entry) => ({ ...entry, excerpt: [{ text: entry.text, found: false }] }))
}

/** All that is remembered of a run: of any, the same. */
export function rememberedRun(id: string): RememberedRun {
  return {
    episode: { ...episode, runId: id },
    tier: 'recent',
    recollection: {
      recalled: [
        {
          runId: 'run-older',
          instrument: 'BTC/USDT',
          startedAt: at - 3 * 86_400_000,
          regime: 'trend up',
          distance: 0.06,
          action: 'buy',
          status: 'agreed',
          filled: true,
          lessons: ['Completely filled, in 2 fills.'],
          move: { share: 0.021, afterMs: 86_400_000 },
        },
      ],
      compared: 12,
      nearest: 0.06,
    },
    entries: [...entries],
  }
}
