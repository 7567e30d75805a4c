/** The value at a JSON pointer (RFC 6901); undefined where there is none. */
export function atPointer(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, key) => {
      if (Array.isArray(at)) return /^(0|[1-9]\d*)$/.test(key) ? (at as unknown[])[Number(key)] : undefined
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
      return (at as Readonly<Record<string, unknown>>)[key]
    }, document)
}
