import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import ts from 'typescript'
import { rootDir } from '#server/core/config.ts'

/** Read by a tool or found by their path: a page's loads, hooks and components, tables, definitions and their samples, figures. */
const foundByPath =
  /^(web\/src\/(routes\/(.*\/)?\+|hooks\.|app\.d|.*\.svelte$)|drizzle\/|benchmarks\/\w+\/(benchmark|sample)\.ts|test\/bench\/)/

interface Module {
  exported: string[]
  /** Names by the file they come from; `*` is all of them. */
  imported: [string, string][]
}

const files = ['server', 'benchmarks', 'drizzle', 'web/src', 'test'].flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,svelte}`, { cwd: rootDir }),
)
const modules = new Map(files.map((file) => [file, readModule(file)]))

function readModule(file: string): Module {
  const text = readFileSync(join(rootDir, file), 'utf8')
  const code = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, body]) => body).join('\n')
    : text
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS)
  const found: Module = { exported: [], imported: [] }
  for (const statement of source.statements) readStatement(file, statement, found)
  for (const [, specifier] of code.matchAll(/\bimport\(\s*'([^']+)'/g)) note(found, file, specifier!, ['*'])
  return found
}

function readStatement(file: string, statement: ts.Statement, found: Module): void {
  if (ts.isImportDeclaration(statement)) {
    const bindings = statement.importClause?.namedBindings
    const names = !bindings ? [] : ts.isNamespaceImport(bindings) ? ['*'] : bindings.elements.map(nameBefore)
    note(found, file, (statement.moduleSpecifier as ts.StringLiteral).text, names)
  } else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) {
    note(found, file, (statement.moduleSpecifier as ts.StringLiteral).text, ['*'])
  } else if (ts.canHaveModifiers(statement) && isExported(statement)) {
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) found.exported.push(...namesIn(name))
    else if ('name' in statement) found.exported.push((statement.name as ts.Identifier).text)
  }
}

function nameBefore({ propertyName, name }: ts.ImportSpecifier): string {
  return (propertyName ?? name).text
}

function isExported({ modifiers }: ts.HasModifiers): boolean {
  const kinds = modifiers?.map(({ kind }) => kind) ?? []
  return kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword)
}

function namesIn(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesIn(element.name) : []))
}

function note({ imported }: Module, file: string, specifier: string, names: string[]): void {
  const target = specifier.startsWith('.')
    ? relative(rootDir, join(rootDir, dirname(file), specifier))
    : specifier.replace(/^#lib\//, 'web/src/lib/').replace(/^#(?=(server|benchmarks|drizzle)\/)/, '')
  for (const name of names) imported.push([target, name])
}

/** What nobody else imports, of the files that `ours` picks; imports by the files that `counts` leaves out do not count. */
function unused(ours: (file: string) => boolean, counts: (file: string) => boolean): string[] {
  const used = new Set<string>()
  for (const [file, { imported }] of modules)
    if (counts(file)) for (const [target, name] of imported) used.add(`${target} ${name}`)
  return [...modules].flatMap(([file, { exported }]) =>
    ours(file) && !used.has(`${file} *`)
      ? exported.filter((name) => !used.has(`${file} ${name}`)).map((name) => `${file}: ${name}`)
      : [],
  )
}

test('whatever is exported is imported by another file', () => {
  expect(
    unused(
      (file) => !foundByPath.test(file),
      () => true,
    ),
  ).toEqual([])
})

test('an export that only its own file reads would be found', () => {
  expect(
    unused(
      (file) => file === 'server/core/problem.ts',
      (file) => file === 'server/app.ts',
    ),
  ).toContain('server/core/problem.ts: StartError')
})
