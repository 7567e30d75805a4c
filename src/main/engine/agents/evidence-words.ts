import type { Evidence } from '#shared/domain/evidence.ts'

const names: Readonly<Record<string, string>> = {
  onchain_metrics: 'on-chain metrics',
  onchain: 'on-chain counts',
  fear_greed: 'fear and greed',
  coingecko: 'coin fundamentals',
  orderbook: 'order book',
  social: 'posts',
}

function wordsOf(name: string): string {
  return names[name] ?? name.replaceAll('_', ' ')
}

/** A task's name for people: "technical analysis". */
export function topicOf({ task }: Pick<Evidence, 'task'>): string {
  return wordsOf(task)
}

/** A finding's name for people: "technical analysis (price data)". */
export function nameOf({ task, source }: Pick<Evidence, 'task' | 'source'>): string {
  return `${wordsOf(task)} (${wordsOf(source)})`
}
