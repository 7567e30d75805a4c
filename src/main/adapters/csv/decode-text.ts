import { findEncoding } from '#shared/lib/text-encoding.ts'

/** The text of a file's bytes in UTF-8, UTF-16 or windows-1252; a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(findEncoding(bytes)).decode(bytes)
}
