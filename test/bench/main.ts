// npm run bench -- NAME: prints figures beside their targets. NAME is a file beside this one; some take options behind it.
import { readdirSync } from 'node:fs'

interface Bench {
  /** Returns the exit code: 0 when every target is met. */
  run(options: string[]): Promise<number> | number
}

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length))
const [name, ...options] = process.argv.slice(2)
const bench = name !== undefined && names.includes(name) ? ((await import(`./${name}.ts`)) as Bench) : undefined

if (bench && options.length > 0 && bench.run.length === 0) {
  console.error(`${name} takes no options`)
  process.exitCode = 2
} else if (bench) {
  process.exitCode = await bench.run(options)
} else {
  console.error(`Usage: npm run bench -- ${names.join('|')}`)
  process.exitCode = 2
}
