import { access, constants, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { Command, Option } from 'commander'
import { readConfig, type Config } from '../core/config.ts'
import { exitCodes } from '../core/terminal/exit.ts'
import { openProgram } from '../core/program.ts'

/** One thing looked at: what was seen and, when it is wrong, what to do. */
interface Finding {
  name: string
  ok: boolean
  words: string
}

const leastFreeBytes = 2 * 1024 ** 3

const checks: Record<string, (config: Config) => Finding | Promise<Finding>> = {
  node,
  data: dataFolder,
  disk,
  port,
  database,
  reader,
  drawing,
}

/** `arena doctor`: looks at everything that a start needs and says what is missing. Exit code 1 when something is. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check this machine and the configuration')
    .addOption(new Option('--only <check>', 'one check').choices(Object.keys(checks)))
    .option('--json', 'print the findings as JSON', false)
    .action(async ({ json, only }: { json: boolean; only?: string }) => {
      const config = readConfig()
      const findings: Finding[] = []
      for (const [name, check] of Object.entries(checks)) {
        if (!only || only === name) findings.push(await check(config))
      }
      if (json) console.log(JSON.stringify(findings, null, 2))
      else for (const { name, ok, words } of findings) console.log(`${ok ? '✓' : '✗'} ${name.padEnd(12)} ${words}`)
      if (findings.some((finding) => !finding.ok)) process.exitCode = exitCodes.fault
    })
}

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return {
    name: 'Node.js',
    ok: major >= 24,
    words: `${process.version}${major >= 24 ? '' : ': run through npm or npx, which use the one that is installed with the project'}`,
  }
}

async function dataFolder({ dataDir }: Config): Promise<Finding> {
  try {
    await access(dataDir, constants.W_OK)
    return { name: 'data folder', ok: true, words: dataDir }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return {
      name: 'data folder',
      ok: missing,
      words: missing ? `${dataDir} (made at the first start)` : `${dataDir} cannot be written to; set ARENA_DATA`,
    }
  }
}

async function disk({ dataDir }: Config): Promise<Finding> {
  const place = await statfs(dataDir).catch(() => statfs('/'))
  const free = place.bavail * place.bsize
  const gigabytes = (free / 1024 ** 3).toFixed(1)
  return {
    name: 'disk',
    ok: free > leastFreeBytes,
    words: `${gigabytes} GB free${free > leastFreeBytes ? '' : ': make room, 2 GB at least'}`,
  }
}

function port({ host, port }: Config): Promise<Finding> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) =>
      resolve({
        name: 'port',
        ok: false,
        words: `${host}:${port} cannot be listened on (${(error as NodeJS.ErrnoException).code}); set PORT, or stop what uses it`,
      }),
    )
    probe.listen(port, host, () =>
      probe.close(() => resolve({ name: 'port', ok: true, words: `${host}:${port} is free` })),
    )
  })
}

async function database(config: Config): Promise<Finding> {
  try {
    const program = await openProgram(config)
    await program.close()
    const through = program.pooled ? ', through a pooler: statements are not kept prepared' : ''
    return { name: 'database', ok: true, words: `${program.where}${through}` }
  } catch (error) {
    return { name: 'database', ok: false, words: (error as Error).message }
  }
}

async function reader(): Promise<Finding> {
  return optional('text reader', 'tesseract.js', 'baseline-ocr is left out')
}

async function drawing(): Promise<Finding> {
  return optional('drawing', '@resvg/resvg-js', 'the sample pool cannot be drawn')
}

/** Optional packages may be missing without harm; the sentence says what does not work without them. */
async function optional(name: string, packageName: string, without: string): Promise<Finding> {
  try {
    import.meta.resolve(packageName)
    await import(packageName)
    return { name, ok: true, words: packageName }
  } catch {
    return { name, ok: true, words: `${packageName} is not installed: ${without}` }
  }
}
