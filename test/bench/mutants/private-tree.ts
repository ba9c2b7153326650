import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A copy of the project to change at will, with what is not committed yet; the installed packages are shared. */
export function openPrivateTree(root: string): { tree: string; close(): void } {
  const tree = mkdtempSync(join(tmpdir(), 'arena-mutants-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  for (const file of [...listed.split('\0'), 'web/build'])
    if (file !== '' && existsSync(join(root, file)))
      cpSync(join(root, file), join(tree, file), { recursive: true, verbatimSymlinks: true })
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return { tree, close: () => rmSync(tree, { recursive: true, force: true }) }
}
