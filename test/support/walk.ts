import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { rootDir } from '#server/core/config.ts'

/** A code block of a document that names a file: the language, the file, what stands in it. */
interface Block {
  language: string
  path: string
  code: string
}

/** A copy of this checkout in which a document's steps are carried out. */
interface Walk {
  blocks: Block[]
  /** Runs a program of node_modules/.bin, or `node`, in the copy; returns what it printed, and throws that when it fails. */
  run(program: string, ...args: string[]): Promise<string>
  /** Writes a file of the copy. */
  write(path: string, text: string): Promise<void>
  read(path: string): Promise<string>
  /** Names of the files in a folder of the copy. */
  files(path: string): Promise<string[]>
}

/** Blocks that open with a language and a file name, as in ```` ```ts benchmarks/yes_no/benchmark.ts ````. */
function blocksOf(document: string): Block[] {
  const blocks = document.matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms)
  return [...blocks].map(([, language, path, code]) => ({ language: language!, path: path!, code: code! }))
}

/** What a walk may touch; packages are linked, not copied. */
const copied = ['benchmarks', 'server', 'drizzle', 'docs', 'test', 'web/src', 'package.json', 'tsconfig.json']

/**
 * Copies the checkout and does what a document says: a block is a new file; one of a file that is there is added to its
 * end; one in the language `diff` takes its lines with `-` out and puts those with `+` there. To be called outside of tests
 * and hooks, so that the copy is removed after the last one.
 */
export async function walkThrough(documentPath: string): Promise<Walk> {
  const folder = await mkdtemp(join(tmpdir(), 'arena-walk-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  await Promise.all(copied.map((name) => cp(join(rootDir, name), join(folder, name), { recursive: true })))
  await symlink(join(rootDir, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'vitest.config.ts'), "export default { test: { pool: 'forks', testTimeout: 60_000 } }\n")
  const blocks = blocksOf(await readFile(join(rootDir, documentPath), 'utf8'))
  for (const block of blocks) await apply(folder, block)
  return {
    blocks,
    run: (program, ...args) => runIn(folder, program, args),
    write: (path, text) => writeFile(join(folder, path), text),
    read: (path) => readFile(join(folder, path), 'utf8'),
    files: (path) => readdir(join(folder, path)),
  }
}

async function apply(folder: string, { language, path, code }: Block): Promise<void> {
  const place = join(folder, path)
  if (language === 'diff') return writeFile(place, patched(await readFile(place, 'utf8'), path, code))
  await mkdir(dirname(place), { recursive: true })
  await appendFile(place, code)
}

/** The text with the removed lines, which must stand there once and together, in place of the added ones. */
function patched(text: string, path: string, diff: string): string {
  const lines = diff.split('\n')
  const withSign = (sign: string) =>
    lines
      .filter((line) => line.startsWith(sign) || line.startsWith(' '))
      .map((line) => `${line.slice(1)}\n`)
      .join('')
  const pieces = text.split(withSign('-'))
  if (pieces.length !== 2) throw new Error(`${path} does not hold once what the document replaces:\n${withSign('-')}`)
  return pieces.join(withSign('+'))
}

function runIn(folder: string, program: string, args: string[]): Promise<string> {
  const file = program === 'node' ? process.execPath : join(folder, 'node_modules/.bin', program)
  const { PATH: path, HOME: home } = process.env
  const env = { PATH: `${dirname(process.execPath)}:${path}`, HOME: home, ARENA_DATA: join(folder, '.data') }
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: folder, env, maxBuffer: 2 ** 24 }, (error, out, err) => {
      if (error) reject(new Error(`${program} ${args.join(' ')} failed:\n${out}${err}`))
      else resolve(out)
    })
  })
}
