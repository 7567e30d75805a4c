import { type Seat, seatSchema, seatTitles } from '#shared/domain/agent.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'

/** What the trader means to do with the words. */
export type Intention = `ask:${Seat}` | 'fact' | 'object'

/** What a fact speaks for, and how surely. */
export const leanings = [
  { value: 'none', label: 'No direction', direction: 'none', confidence: 1 },
  { value: 'up', label: 'Bullish', direction: 'up', confidence: 0.6 },
  { value: 'surely-up', label: 'Strongly bullish', direction: 'up', confidence: 0.95 },
  { value: 'down', label: 'Bearish', direction: 'down', confidence: 0.6 },
  { value: 'surely-down', label: 'Strongly bearish', direction: 'down', confidence: 0.95 },
] as const
export type Leaning = (typeof leanings)[number]['value']

/** The remark that the words make; undefined while there are none. */
export function remarkOf(intention: Intention, leaning: Leaning, typed: string): TraderRemark | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  if (intention === 'object') return { intent: 'object', text }
  if (intention === 'fact') {
    const { direction, confidence } = leanings.find(({ value }) => value === leaning) ?? leanings[0]
    return { intent: 'fact', text, direction, confidence }
  }
  return { intent: 'ask', to: seatOf(intention), text }
}

/** What the empty field says of itself. */
export function sayPlaceholder(intention: Intention): string {
  if (intention === 'object') return 'Why it must not go out without your approval'
  if (intention === 'fact') return 'What the agents should know'
  return `Ask the ${seatTitles[seatOf(intention)].toLowerCase()}`
}

function seatOf(intention: `ask:${Seat}`): Seat {
  return seatSchema.parse(intention.slice('ask:'.length))
}
