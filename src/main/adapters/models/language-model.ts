import type { LanguageModel as SdkModel } from 'ai'
import type { LanguageModel, ModelReply, ModelRequest } from '#engine/ports/language-model.ts'
import type { ModelDefinition } from '#shared/domain/model.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'

const perMillion = 1_000_000
/** A token is rarely shorter: what is sent stays below the bound without counting tokens as each provider does. */
const charactersPerToken = 3
const ollamaUrl = 'http://127.0.0.1:11434/v1'

/**
 * A language model behind the `ai` package: OpenAI-compatible, Anthropic, or a local Ollama. The package is loaded with
 * the first question. The key comes from the environment and goes nowhere but into the request; without the
 * variable that should hold it every question is refused with MODEL_KEY_MISSING.
 */
export function createLanguageModel(
  name: string,
  definition: ModelDefinition,
  environment: Readonly<Record<string, string | undefined>>,
): LanguageModel {
  const { model: id, temperature, keyFrom } = definition
  const key = keyFrom === undefined ? undefined : environment[keyFrom]
  const { maxPromptTokens, maxAnswerTokens, usdPerMillionPromptTokens, usdPerMillionAnswerTokens } = definition
  const price = (promptTokens: number, answerTokens: number) =>
    (promptTokens * usdPerMillionPromptTokens + answerTokens * usdPerMillionAnswerTokens) / perMillion
  const mostUsd = price(maxPromptTokens, maxAnswerTokens)
  let opened: Promise<SdkModel> | undefined

  async function ask<T>({ instructions, text, schema, signal }: ModelRequest<T>): Promise<ModelReply<T>> {
    if (keyFrom !== undefined && (key === undefined || key === '')) {
      throw new ParleyError('MODEL_KEY_MISSING', `"${name}" takes its key from ${keyFrom}, which is not set.`, {
        wayOut: `Set ${keyFrom} before the desk is started, or take the model from its seats in models.yaml.`,
      })
    }
    if (instructions.length + text.length > maxPromptTokens * charactersPerToken) {
      throw new ParleyError(
        'PROMPT_TOO_LONG',
        `The prompt for "${name}" has ${instructions.length + text.length} characters; ${maxPromptTokens} tokens are allowed.`,
        { wayOut: 'Raise maxPromptTokens of the model in models.yaml.' },
      )
    }
    opened ??= openModel(definition, key)
    const [model, { generateText, Output }] = await Promise.all([opened, import('ai')])
    const inTime = AbortSignal.timeout(definition.timeoutSeconds * 1_000)
    try {
      const result = await generateText({
        model,
        system: instructions,
        prompt: text,
        output: Output.object({ schema }),
        temperature,
        maxOutputTokens: maxAnswerTokens,
        maxRetries: 0,
        abortSignal: AbortSignal.any([signal, inTime]),
      })
      const { inputTokens, outputTokens } = result.usage
      return {
        answer: schema.parse(result.output),
        raw: result.text,
        promptTokens: inputTokens ?? null,
        answerTokens: outputTokens ?? null,
        // What the provider does not count may cost as much as it can.
        usd: price(inputTokens ?? maxPromptTokens, outputTokens ?? maxAnswerTokens),
      }
    } catch (error) {
      signal.throwIfAborted()
      throw await explain(error, inTime.aborted)
    }
  }

  async function explain(error: unknown, isLate: boolean): Promise<ParleyError> {
    const { APICallError, NoObjectGeneratedError, NoOutputGeneratedError } = await import('ai')
    const failure = (code: string, message: string, usd: number, retry: 'retryable' | 'definitive' = 'definitive') =>
      new ParleyError(code, message, { details: { usd, model: name }, retry, cause: error })
    // Whether a call that was given up is billed is not known: it counts in full.
    if (isLate)
      return failure('MODEL_TIMED_OUT', `"${name}" did not answer in ${definition.timeoutSeconds} s.`, mostUsd)
    if (NoObjectGeneratedError.isInstance(error) || NoOutputGeneratedError.isInstance(error)) {
      return failure('MODEL_ANSWER_INVALID', `What "${name}" answered does not fit what was asked.`, mostUsd)
    }
    if (APICallError.isInstance(error)) {
      const { statusCode } = error
      if (statusCode === undefined) {
        return failure('MODEL_UNAVAILABLE', `"${name}" cannot be reached.`, 0, 'retryable')
      }
      if (statusCode === 429) return failure('MODEL_RATE_LIMITED', `"${name}" is asked too often.`, 0, 'retryable')
      if (statusCode >= 500) return failure('MODEL_UNAVAILABLE', `"${name}" answers ${statusCode}.`, 0, 'retryable')
      if (statusCode >= 400) return failure('MODEL_REFUSED', `"${name}" refuses with ${statusCode}.`, 0)
      return failure('MODEL_ANSWER_INVALID', `What "${name}" answered cannot be read.`, mostUsd)
    }
    return failure('MODEL_ANSWER_INVALID', `"${name}" failed: ${errorMessage(error)}`, mostUsd)
  }

  return { name, id, temperature, mostUsd, ask }
}

async function openModel({ provider, model, baseUrl }: ModelDefinition, key: string | undefined): Promise<SdkModel> {
  switch (provider) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ apiKey: key ?? '', ...(baseUrl !== undefined && { baseURL: baseUrl }) })(model)
    }
    case 'openai-compatible':
    case 'ollama': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const baseURL = baseUrl ?? ollamaUrl
      const settings = { name: provider, baseURL, supportsStructuredOutputs: true }
      return createOpenAICompatible({ ...settings, ...(key !== undefined && { apiKey: key }) })(model)
    }
  }
}
