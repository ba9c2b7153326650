// `npm run check`: types, lint and format, side by side; what fails prints its words, and the exit code is 1.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** What a check has found is kept, so that a second run looks only at what has changed. */
const kept = 'node_modules/.cache/check'

const checks: Record<string, string> = {
  'types of server and tests': `tsc -p . --incremental --tsBuildInfoFile ${kept}/tsc.json`,
  'types of the pages': 'svelte-check --tsconfig web/tsconfig.json --threshold warning --output human',
  lint: `eslint . --cache --cache-strategy content --cache-location ${kept}/eslint.json`,
  format: `prettier --check --log-level warn --cache --cache-location ${kept}/prettier.json .`,
}

const results = await Promise.all(Object.entries(checks).map(([name, tool]) => runCheck(name, tool)))
if (results.includes(false)) process.exitCode = 1

async function runCheck(name: string, command: string): Promise<boolean> {
  const begun = performance.now()
  const [tool, ...args] = command.split(' ') as [string, ...string[]]
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
