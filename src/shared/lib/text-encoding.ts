/** How the bytes of a text file stand for its characters, by the names that TextDecoder knows them by. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/**
 * Tells how a text file is encoded: by its byte order mark, by the zero bytes of UTF-16 that has none, else UTF-8 where
 * the bytes are well-formed and windows-1252 where they are not.
 */
export function findEncoding(bytes: Uint8Array): TextEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return withoutMark(bytes) ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')
}

/** Plain Latin text in UTF-16 has a zero in every other byte. */
function withoutMark(bytes: Uint8Array): TextEncoding | undefined {
  const size = Math.min(bytes.length & ~1, 256)
  if (size < 16) return undefined
  let even = 0
  let odd = 0
  for (let index = 0; index < size; index += 2) {
    if (bytes[index] === 0) even++
    if (bytes[index + 1] === 0) odd++
  }
  const most = (size / 2) * 0.9
  if (odd >= most && even === 0) return 'utf-16le'
  return even >= most && odd === 0 ? 'utf-16be' : undefined
}

function isUtf8(bytes: Uint8Array): boolean {
  let following = 0
  for (const byte of bytes) {
    if (following > 0) {
      if ((byte & 0xc0) !== 0x80) return false
      following--
    } else if (byte >= 0x80) {
      if (byte >= 0xc2 && byte < 0xe0) following = 1
      else if (byte >= 0xe0 && byte < 0xf0) following = 2
      else if (byte >= 0xf0 && byte < 0xf5) following = 3
      else return false
    }
  }
  return following === 0
}
