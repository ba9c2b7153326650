import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootDir } from './core/config.ts'

// `npm start` and `npm test` begin here: the pages are built when their sources changed since the last build.
const sources = ['web/src/**/*', 'web/static/**/*', 'web/*.ts', 'server/**/schema.ts', 'package-lock.json']
const mark = join(rootDir, 'web/build/.sources')

const wanted = hashSources()
const built = existsSync(mark) ? readFileSync(mark, 'utf8') : ''
if (built !== wanted) build()

function hashSources(): string {
  const hash = createHash('sha256')
  const files = sources.flatMap((pattern) => globSync(pattern, { cwd: rootDir, withFileTypes: true }))
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  for (const path of paths.sort()) hash.update(path.slice(rootDir.length)).update(readFileSync(path))
  return hash.digest('hex')
}

function build() {
  const vite = join(rootDir, 'node_modules/vite/bin/vite.js')
  if (!existsSync(vite)) {
    if (built) return
    fail('The pages are not built and Vite is not installed. Run `npm ci` (without --omit=dev), then `npm run build`.')
  }
  console.log('Building the pages; this takes a few seconds and is done again only when they change …')
  const args = [vite, 'build', '-c', 'web/vite.config.ts', '--configLoader', 'native', '--logLevel', 'error']
  const { status } = spawnSync(process.execPath, args, { cwd: rootDir, stdio: 'inherit' })
  if (status !== 0) fail('The pages could not be built; the reason stands above.')
  writeFileSync(mark, wanted)
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
