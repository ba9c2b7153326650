// `npm run check`: types, lint and format, side by side; what fails prints its words, and the exit code is 1.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** What a check has found is kept, so that a second run looks only at what has changed. */
const kept = 'node_modules/.cache/check'

/** Each check is one or more commands, one after the other; the checks run side by side. */
const checks: Record<string, string[]> = {
  'types of server and tests': [`tsc -p . --incremental --tsBuildInfoFile ${kept}/tsc.json`],
  'types of the pages': [
    'svelte-kit sync --config web/vite.config.ts',
    'svelte-check --tsgo --incremental --workspace web --tsconfig ./tsconfig.json --threshold warning --output human',
  ],
  lint: ['oxlint --deny-warnings'],
  'lint of the components': [`eslint web/src --cache --cache-strategy content --cache-location ${kept}/eslint.json`],
  format: [`prettier --check --log-level warn --cache --cache-location ${kept}/prettier.json .`],
}

const results = await Promise.all(Object.entries(checks).map(([name, commands]) => runCheck(name, commands)))
if (results.includes(false)) process.exitCode = 1

async function runCheck(name: string, commands: string[]): Promise<boolean> {
  const begun = performance.now()
  let failure: string | undefined
  for (const command of commands) {
    failure = await failureOf(command)
    if (failure !== undefined) break
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0)
  console.log(`${failure === undefined ? '✓' : '✗'} ${name}, ${seconds} s`)
  if (failure !== undefined) console.log(failure)
  return failure === undefined
}

/** What a command that failed has printed. */
async function failureOf(command: string): Promise<string | undefined> {
  const [tool, ...args] = command.split(' ') as [string, ...string[]]
  const child = spawn(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return code === 0 ? undefined : out + err
}
