import type { Exchange } from 'ccxt'

/**
 * Has an exchange cancel every order of the account by itself once so long has passed without another such call; 0 takes
 * that back. Exchanges count whole seconds: a part of one counts as one. Rejects with the library's error.
 */
export async function cancelAllAfter(client: Exchange, afterMs: number): Promise<void> {
  await client.cancelAllOrdersAfter(Math.ceil(afterMs / 1_000) * 1_000)
}
