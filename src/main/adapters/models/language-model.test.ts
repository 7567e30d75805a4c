import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ModelDefinition } from '#shared/domain/model.ts'
import { type ModelServer, startModelServer } from '#test/fakes/model-server.ts'
import { createLanguageModel } from './language-model.ts'

const secret = 'sk-test-0123456789abcdef'
const schema = z.object({ choice: z.enum(['buy', 'sell']), confidence: z.number().min(0).max(1) })

describe('a language model over the wire', () => {
  let server: ModelServer
  beforeAll(async () => {
    server = await startModelServer()
  })
  afterAll(() => server.close())

  const definition = (given: Partial<ModelDefinition> = {}): ModelDefinition => ({
    provider: 'openai-compatible',
    model: 'test-model',
    baseUrl: server.url,
    keyFrom: 'TEST_KEY',
    temperature: 0,
    maxPromptTokens: 1_000,
    maxAnswerTokens: 200,
    usdPerMillionPromptTokens: 2,
    usdPerMillionAnswerTokens: 10,
    timeoutSeconds: 5,
    ...given,
  })
  const open = (given: Partial<ModelDefinition> = {}) =>
    createLanguageModel('mine', definition(given), { TEST_KEY: secret })
  const ask = (model = open(), signal = new AbortController().signal, text = 'Buy or sell?') =>
    model.ask({ instructions: 'You decide.', text, schema, signal })

  it('answers by the schema, says what it cost, and carries the key in the request alone', async () => {
    server.behave({ kind: 'answer', text: '{"choice":"buy","confidence":0.7}' })
    const reply = await ask()
    expect(reply).toMatchObject({ answer: { choice: 'buy', confidence: 0.7 }, promptTokens: 1_000, answerTokens: 100 })
    expect(reply.usd).toBeCloseTo(0.003)
    expect(JSON.parse(reply.raw)).toEqual(reply.answer)
    const question = server.questions.at(-1)
    expect(question).toMatchObject({
      path: '/v1/chat/completions',
      authorization: `Bearer ${secret}`,
      body: { model: 'test-model', temperature: 0, max_tokens: 200 },
    })
    expect(JSON.stringify(question?.body)).not.toContain(secret)
  })

  it("speaks Anthropic's form too, and a local model needs no key", async () => {
    server.behave({ kind: 'answer', text: '{"choice":"sell","confidence":0.6}' })
    expect((await ask(open({ provider: 'anthropic' }))).answer.choice).toBe('sell')
    expect(server.questions.at(-1)).toMatchObject({ path: '/v1/messages', authorization: secret })
    const local = createLanguageModel('local', definition({ provider: 'ollama', keyFrom: undefined }), {})
    expect((await ask(local)).answer.choice).toBe('sell')
    expect(server.questions.at(-1)?.authorization).toBeUndefined()
  })

  it.each([
    ['an answer that is no JSON', { kind: 'answer', text: 'I would buy.' }, 'MODEL_ANSWER_INVALID'],
    ['an answer of another form', { kind: 'answer', text: '{"choice":"maybe"}' }, 'MODEL_ANSWER_INVALID'],
    ['another protocol', { kind: 'garbage' }, 'MODEL_ANSWER_INVALID'],
    ['too many questions', { kind: 'status', status: 429 }, 'MODEL_RATE_LIMITED'],
    ['a fault of the provider', { kind: 'status', status: 503 }, 'MODEL_UNAVAILABLE'],
    ['a wrong key', { kind: 'status', status: 401 }, 'MODEL_REFUSED'],
    ['a broken connection', { kind: 'cut' }, 'MODEL_UNAVAILABLE'],
  ] as const)('%s fails with its code, once, and tells no key', async (_what, manner, code) => {
    server.behave(manner)
    const before = server.questions.length
    const error: unknown = await ask().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code, details: { usd: expect.any(Number) } })
    expect((error as Error).message).not.toContain(secret)
    expect(server.questions.length - before).toBe(1)
  })

  it('that does not answer in time is given up, and counts as billed', async () => {
    server.behave({ kind: 'hang' })
    const model = open({ timeoutSeconds: 0.1 })
    await expect(ask(model)).rejects.toMatchObject({ code: 'MODEL_TIMED_OUT', details: { usd: model.mostUsd } })
    expect(model.mostUsd).toBeCloseTo(0.004)
  })

  it('is let go of when whoever asks gives up', async () => {
    server.behave({ kind: 'hang' })
    const controller = new AbortController()
    const asking = ask(open(), controller.signal)
    setTimeout(() => controller.abort(new Error('stopped')), 20)
    await expect(asking).rejects.toThrow('stopped')
  })

  it('is not sent more than it may be', async () => {
    const before = server.questions.length
    const long = ask(open(), new AbortController().signal, 'x'.repeat(3_001))
    await expect(long).rejects.toMatchObject({ code: 'PROMPT_TOO_LONG' })
    expect(server.questions).toHaveLength(before)
  })

  it('without its key is not asked, and names the variable', async () => {
    const before = server.questions.length
    await expect(ask(createLanguageModel('mine', definition(), {}))).rejects.toMatchObject({
      code: 'MODEL_KEY_MISSING',
      message: expect.stringContaining('TEST_KEY'),
    })
    expect(server.questions).toHaveLength(before)
  })
})
