import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ParleyError } from '#shared/lib/error.ts'

interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  /** True for files whose name changes with their content. */
  readonly immutable: boolean
}

/** The built page. */
export interface PageFiles {
  /** The file behind a URL's path; undefined when there is none. `/` is index.html. */
  read(path: string): Promise<PageFile | undefined>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * The files that are in the folder now. Paths are looked up in that list and never joined to the folder, so no path
 * leads out of it. Throws PAGE_NOT_BUILT when there is no index.html.
 */
export async function openPageFiles(folder: string): Promise<PageFiles> {
  const files = await list(folder, '/').catch(() => new Map<string, string>())
  const index = files.get('/index.html')
  if (index === undefined)
    throw new ParleyError('PAGE_NOT_BUILT', `There is no index.html in ${folder}.`, {
      wayOut: 'Build the page with: npm run build',
    })
  files.set('/', index)
  return {
    async read(path) {
      const file = files.get(path)
      if (file === undefined) return undefined
      return {
        body: new Uint8Array(await readFile(file)),
        type: types[extname(file)] ?? 'application/octet-stream',
        immutable: path.startsWith('/assets/'),
      }
    },
  }
}

/** Paths of the URLs to paths of the files. Folder by folder, since inside a packed app only that is sure to work. */
async function list(folder: string, path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name)
    if (entry.isFile()) files.set(`${path}${entry.name}`, file)
    if (!entry.isDirectory()) continue
    for (const [inside, name] of await list(file, `${path}${entry.name}/`)) files.set(inside, name)
  }
  return files
}
