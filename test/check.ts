// `npm run check`: types, lint and format, side by side; what fails prints its words, and the exit code is 1.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

const checks: Record<string, string[]> = {
  'types of server and tests': ['tsc', '-p', '.'],
  'types of the pages': [
    'svelte-check',
    '--tsconfig',
    'web/tsconfig.json',
    '--threshold',
    'warning',
    '--output',
    'human',
  ],
  lint: ['eslint', '.'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
}

const results = await Promise.all(Object.entries(checks).map(([name, [tool, ...rest]]) => runCheck(name, tool!, rest)))
if (results.includes(false)) process.exitCode = 1

async function runCheck(name: string, tool: string, args: string[]): Promise<boolean> {
  const begun = performance.now()
  const child = spawn(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ])
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  console.log(`${code === 0 ? '✓' : '✗'} ${name}, ${seconds} s`)
  if (code !== 0) console.log(out + err)
  return code === 0
}
