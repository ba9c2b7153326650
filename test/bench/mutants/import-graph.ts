import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** The files of the project that a file leads to, with the number of steps; itself is 0 steps away. */
export type Distances = Map<string, number>

/**
 * Reads who leads to whom. A program that is started by its path (`'server/cli.ts'` in a text) is led to as if it were
 * imported; types are not.
 */
export class ImportGraph {
  readonly #root: string
  readonly #targets = new Map<string, string[]>()

  constructor(root: string) {
    this.#root = root
  }

  distancesFrom(file: string): Distances {
    const distances: Distances = new Map([[file, 0]])
    for (const [at, steps] of distances)
      for (const target of this.#targetsOf(at)) if (!distances.has(target)) distances.set(target, steps + 1)
    return distances
  }

  #targetsOf(file: string): string[] {
    const known = this.#targets.get(file)
    if (known) return known
    const source = ts.createSourceFile(file, readFileSync(join(this.#root, file), 'utf8'), ts.ScriptTarget.Latest)
    const targets = new Set<string>()
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return
      if (ts.isStringLiteral(node) && /^[#./\w-]+\.ts$/.test(node.text)) {
        const target = this.#resolve(file, node.text)
        if (target) targets.add(target)
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    this.#targets.set(file, [...targets])
    return [...targets]
  }

  #resolve(file: string, name: string): string | undefined {
    const beside = relative(this.#root, join(this.#root, dirname(file), name))
    const candidates = name.startsWith('#') ? [name.slice(1)] : name.startsWith('.') ? [beside] : [name, beside]
    return candidates.find((path) => existsSync(join(this.#root, path)))
  }
}
