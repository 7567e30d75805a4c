/** How long a desk that was stopped stays halted at least, in milliseconds, before a person may re-arm it (KS-9). */
export const usualCoolDownMs = 30_000
