import { readFileSync } from 'node:fs'
import { ParleyError } from '#shared/lib/error.ts'

/** Reads a text file that the trader named. Throws FILE_NOT_FOUND, FILE_IS_FOLDER, FILE_NOT_READABLE. */
export function readInput(file: string): string {
  return readInputBytes(file).toString('utf8')
}

/** Reads any file that the trader named; throws what readInput throws. */
export function readInputBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const details = { file }
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ParleyError('FILE_NOT_FOUND', `There is no file ${file}.`, {
        details,
        wayOut: 'Check the path; it is relative to the current folder.',
        cause,
      })
    }
    if (code === 'EISDIR') {
      throw new ParleyError('FILE_IS_FOLDER', `${file} is a folder.`, { details, wayOut: 'Name a file in it.', cause })
    }
    throw new ParleyError('FILE_NOT_READABLE', `${file} cannot be read (${code ?? String(cause)}).`, {
      details,
      wayOut: 'Check that you have permission to read it.',
      cause,
    })
  }
}
