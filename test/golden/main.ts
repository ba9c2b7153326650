// npm run golden -- NAME FOLDER: runs a folder of golden cases through what they test. NAME is a file beside this one.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'

interface GoldenRunner {
  /** Returns the exit code: 0 when every case holds. */
  run(folder: string): Promise<number>
}

const names = ['scoring', 'ratings', 'leaks', 'compare']
const [name, folder] = process.argv.slice(2)

if (name === undefined || !names.includes(name) || folder === undefined || process.argv.length > 4) {
  console.error(`Usage: npm run golden -- ${names.join('|')} FOLDER`)
  process.exitCode = 2
} else if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`There is no folder ${resolve(folder)}`)
  process.exitCode = 2
} else {
  const runner = (await import(`./${name}.ts`)) as GoldenRunner
  process.exitCode = await runner.run(folder)
}
