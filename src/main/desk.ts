import type { Desk } from '#api/desk.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** The place of the composition root; the hosts are tested with a desk of their own until it is wired. */
export function createDesk({ home }: { readonly home: string }): Promise<Desk> {
  return Promise.reject(new ParleyError('DESK_NOT_WIRED', `There is no desk to open in ${home}.`))
}
