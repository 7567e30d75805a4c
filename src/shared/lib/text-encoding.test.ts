import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findEncoding } from './text-encoding.ts'

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const wide = (text: string, high: 0 | 1) =>
  Uint8Array.from(Array.from(bytesOf(text)).flatMap((byte) => (high === 0 ? [0, byte] : [byte, 0])))

it('is told by the byte order mark', () => {
  expect(findEncoding(Uint8Array.of(0xff, 0xfe, 65, 0))).toBe('utf-16le')
  expect(findEncoding(Uint8Array.of(0xfe, 0xff, 0, 65))).toBe('utf-16be')
})

it('is told by zeros in every other byte where there is no mark', () => {
  expect(findEncoding(wide('date,open,high,low', 1))).toBe('utf-16le')
  expect(findEncoding(wide('date,open,high,low', 0))).toBe('utf-16be')
})

it('is windows-1252 where the bytes are no UTF-8', () => {
  expect(findEncoding(bytesOf('Er\u00f6ffnung;\u00a3'))).toBe('windows-1252')
  expect(findEncoding(Uint8Array.of(0xc3))).toBe('windows-1252')
  expect(findEncoding(bytesOf('date,open'))).toBe('utf-8')
})

it('is UTF-8 for every text in UTF-8', () => {
  const utf8 = (text: string) =>
    bytesOf(
      encodeURIComponent(text).replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => findEncoding(utf8(`ab${text}`)) === 'utf-8'))
})
