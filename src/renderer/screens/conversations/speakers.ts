import { seats, seatTitles } from '#shared/domain/agent.ts'

/** Whose words can be looked for. */
export const speakers = [
  ...seats.map((seat) => ({ value: seat as string, label: seatTitles[seat] })),
  { value: 'trader', label: 'You' },
]
