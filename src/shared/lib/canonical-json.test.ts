import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalCopy, canonicalJson } from './canonical-json.ts'

describe('AU-5 canonical JSON', () => {
  it('writes the example of RFC 8785, section 3.2.2, as section 3.2.4 has it', () => {
    const example = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f',
      literals: [null, true, false],
    }
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts keys by UTF-16 code units, as the RFC does in section 3.2.3', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
    const written = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))
    expect(written).toBe('{"\\r":0,"1":0,"\u0080":0,"\u00f6":0,"\u20ac":0,"\ud83d\ude00":0,"\ufb33":0}')
  })

  it('writes strings and numbers exactly as ECMAScript does, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (text, number) => {
          expect(canonicalJson(text)).toBe(JSON.stringify(text))
          expect(canonicalJson(number)).toBe(JSON.stringify(number))
        },
      ),
    )
    expect(canonicalJson(['\ud800', -0])).toBe('["\\ud800",0]')
  })

  it('leaves undefined members out, and tells an empty string from nothing', () => {
    expect(canonicalJson({ b: undefined, a: [''], c: {} })).toBe('{"a":[""],"c":{}}')
  })

  it('is the same whether the keys came in order or not, and has the members in the order of RFC 8785 at any depth', () => {
    fc.assert(
      fc.property(anyMembers, (value) => {
        const text = canonicalJson(value)
        expect(text).toBe(textBookJson(value))
        expect(canonicalJson(reversed(value))).toBe(text)
        expect(canonicalJson(canonicalCopy(value))).toBe(text)
      }),
    )
  })

  it('refuses what JSON cannot hold', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, [undefined]]) {
      expect(() => canonicalJson(bad)).toThrowError(expect.objectContaining({ code: 'NOT_JSON' }))
    }
  })

  it('asks no object how it would like to be written', () => {
    const asks = { toJSON: () => 'something else' }
    expect(canonicalJson({ at: new Date(0), list: [Object.create(asks)] })).toBe('{"at":{},"list":[{}]}')
    expect(() => canonicalJson(asks)).toThrowError(expect.objectContaining({ code: 'NOT_JSON' }))
  })
})

describe('a canonical copy', () => {
  it('is what reading back the canonical JSON gives, with its keys in the same order', () => {
    fc.assert(
      fc.property(anyMembers, (value) => {
        const copy = canonicalCopy(value)
        const readBack = JSON.parse(canonicalJson(value))
        expect(copy).toStrictEqual(readBack)
        expect(JSON.stringify(copy)).toBe(JSON.stringify(readBack))
      }),
    )
    const ownProto = JSON.parse('{"b":-0,"__proto__":{"z":1,"a":[-0]}}')
    expect(canonicalJson(canonicalCopy(ownProto))).toBe('{"__proto__":{"a":[0],"z":1},"b":0}')
    expect(Object.is((canonicalCopy(ownProto) as { b: number }).b, 0)).toBe(true)
  })

  it('shares nothing with the value, and leaves to canonicalJson what JSON cannot hold', () => {
    const value = { list: [{ a: 1 }], none: undefined }
    const copy = canonicalCopy(value)
    value.list.push({ a: 2 })
    expect(copy).toStrictEqual({ list: [{ a: 1 }] })
    for (const bad of [Number.NaN, () => 1, 1n, [undefined], Object.assign([], { 1: 1 })]) {
      expect(() => canonicalJson(canonicalCopy({ bad }))).toThrowError(expect.objectContaining({ code: 'NOT_JSON' }))
    }
  })
})

/** Values with keys that JavaScript keeps in an order of its own (numbers), undefined members, and numbers without a sign. */
const anyMembers = fc
  .letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false, -0, 1e30, undefined),
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.dictionary(fc.oneof(fc.string(), fc.nat(30).map(String), fc.constant('__proto__')), tie('any'), {
        noNullPrototype: true,
      }),
      fc.array(
        tie('any').filter((item) => item !== undefined),
        { maxLength: 4 },
      ),
    ),
  }))
  .any.filter((value) => value !== undefined)

/** RFC 8785 in a few slow words. */
function textBookJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(textBookJson).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, member]) => `${JSON.stringify(key)}:${textBookJson(member)}`).join(',')}}`
}

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reversed)
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
