/** What a streaming procedure returns. */
export interface Stream {
  next(): Promise<IteratorResult<unknown, unknown>>
  return?(value?: unknown): Promise<IteratorResult<unknown, unknown>>
  [Symbol.asyncIterator](): Stream
}

export function isStream(output: unknown): output is Stream {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output
}

/** The same stream with something done before each pull, or with its errors translated. Ending it ends the source. */
export function mapStream(
  source: Stream,
  map: { before?: () => Promise<'go on' | 'end'>; error?: (error: unknown) => unknown },
): Stream {
  const stream: Stream = {
    async next() {
      try {
        if ((await map.before?.()) === 'end') {
          await source.return?.()
          return { done: true, value: undefined }
        }
        return await source.next()
      } catch (error) {
        throw map.error?.(error) ?? error
      }
    },
    async return(value) {
      return (await source.return?.(value)) ?? { done: true, value }
    },
    [Symbol.asyncIterator]: () => stream,
  }
  return stream
}
