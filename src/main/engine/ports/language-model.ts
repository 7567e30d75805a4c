import type { z } from 'zod'

/** What a language model is asked; the signal's abort ends the call. */
export interface ModelRequest<T> {
  readonly instructions: string
  readonly text: string
  /** What the answer has to be. */
  readonly schema: z.ZodType<T>
  readonly signal: AbortSignal
}

/** A language model's answer, as it came and as it was read; tokens are null where the provider does not count them. */
export interface ModelReply<T> {
  readonly answer: T
  readonly raw: string
  readonly promptTokens: number | null
  readonly answerTokens: number | null
  readonly usd: number
}

/**
 * A language model. Rejects with MODEL_UNAVAILABLE, MODEL_RATE_LIMITED, MODEL_TIMED_OUT, MODEL_REFUSED,
 * MODEL_ANSWER_INVALID or PROMPT_TOO_LONG; `details.usd` says what a failed call has cost. It never retries by itself.
 */
export interface LanguageModel {
  /** Its name in the configuration, and the provider's name of it. */
  readonly name: string
  readonly id: string
  readonly temperature: number
  /** The most that one call can cost. */
  readonly mostUsd: number
  ask<T>(request: ModelRequest<T>): Promise<ModelReply<T>>
}
