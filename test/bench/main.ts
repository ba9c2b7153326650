// npm run bench -- NAME: prints figures beside their targets. NAME is a file beside this one.
import { readdirSync } from 'node:fs'

interface Bench {
  /** Returns the exit code: 0 when every target is met. */
  run(): Promise<number> | number
}

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length))
const [name] = process.argv.slice(2)

if (name === undefined || !names.includes(name) || process.argv.length > 3) {
  console.error(`Usage: npm run bench -- ${names.join('|')}`)
  process.exitCode = 2
} else {
  const bench = (await import(`./${name}.ts`)) as Bench
  process.exitCode = await bench.run()
}
