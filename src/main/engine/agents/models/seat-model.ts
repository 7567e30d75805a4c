import type { z } from 'zod'
import { findSecrets } from '#engine/agents/secrets.ts'
import { listWords } from '#engine/agents/wording.ts'
import type { LanguageModel } from '#engine/ports/language-model.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ModelCall, ModelUse } from '#shared/domain/model.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import type { Prompt } from './prompts.ts'

/** The seats that have a model, and what it does there. */
export type SeatModels = ReadonlyMap<Seat, { readonly model: LanguageModel; readonly uses: readonly ModelUse[] }>

/** A model in a seat, and what it needs. */
export interface SeatModel {
  readonly seat: Seat
  readonly model: LanguageModel
  readonly sha256: Sha256
}

interface Asked<T> {
  readonly use: ModelCall['use']
  readonly prompt: Prompt
  readonly schema: z.ZodType<T>
  readonly evidence: readonly Evidence[]
  readonly signal: AbortSignal
}

/**
 * Asks the model of a seat. The answer is null, and the call says why, for everything but an answer that fits the schema
 * and cites only evidence of the dossier: a model that fails is silent, it is never guessed for. The privacy guard reads
 * the prompt before it leaves; what it finds keeps the prompt here. Rejects only with the signal's reason.
 */
export async function askModel<T extends { readonly evidence: readonly string[] }>(
  { seat, model, sha256 }: SeatModel,
  { use, prompt, schema, evidence, signal }: Asked<T>,
): Promise<{ readonly answer: T | null; readonly call: ModelCall }> {
  const { name, id, temperature } = model
  const nothing = { promptHash: null, answerHash: null, promptTokens: null, answerTokens: null, usd: 0 }
  const call: ModelCall = { seat, name, model: id, temperature, use, ...nothing, failure: null }
  const failed = (error: unknown) => ({ code: errorCode(error), message: errorMessage(error) })

  const secrets = findSecrets(prompt.text)
  if (secrets.length > 0) {
    const error = new ParleyError(
      'PROMPT_WITHHELD',
      `The prompt holds ${listWords(secrets)}; it did not leave the desk.`,
    )
    return { answer: null, call: { ...call, failure: failed(error) } }
  }
  const promptHash = sha256(`${prompt.instructions}\n\n${prompt.text}`)
  try {
    const reply = await model.ask({ ...prompt, schema, signal })
    const { promptTokens, answerTokens, usd } = reply
    const paid = { ...call, promptHash, answerHash: sha256(reply.raw), promptTokens, answerTokens, usd }
    const invented = reply.answer.evidence.filter((cited) => !evidence.some(({ id: known }) => known === cited))
    if (invented.length === 0) return { answer: reply.answer, call: paid }
    const error = new ParleyError('EVIDENCE_INVENTED', `It cites ${listWords(invented)}, which nobody gathered.`)
    return { answer: null, call: { ...paid, failure: failed(error) } }
  } catch (error) {
    signal.throwIfAborted()
    const usd = error instanceof ParleyError ? Number(error.details['usd'] ?? 0) : 0
    return { answer: null, call: { ...call, promptHash, usd, failure: failed(error) } }
  }
}
