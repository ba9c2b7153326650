import { globSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { rootDir } from '#server/core/config.ts'

/** One call that registers a route, as its source reads. */
interface RegisteredRoute {
  /** File and line, and the address as it is written there. */
  where: string
  /** Names of the problems in its `problems`. */
  declared: string[]
  /** Names of the problems to which any function leads that the call mentions. */
  reached: string[]
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'registerTable']

/** Reads every route file with TypeScript's own checker, which follows each name to where it is declared. */
export function readRegisteredRoutes(): RegisteredRoute[] {
  const files = globSync('server/**/*routes.ts', { cwd: rootDir }).map((file) => join(rootDir, file))
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(rootDir, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    rootDir,
  )
  const program = ts.createProgram(files, { ...options, noEmit: true })
  const checker = program.getTypeChecker()
  return files.flatMap((file) => {
    const source = program.getSourceFile(file)!
    return registrationsIn(source).map((call) => describeCall(checker, source, call))
  })
}

function registrationsIn(source: ts.SourceFile): ts.CallExpression[] {
  const calls: ts.CallExpression[] = []
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && methods.includes(nameOf(node.expression)) && node.arguments.length > 1)
      calls.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return calls
}

function nameOf(callee: ts.Expression): string {
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text
  return ts.isIdentifier(callee) ? callee.text : ''
}

function describeCall(checker: ts.TypeChecker, source: ts.SourceFile, call: ts.CallExpression): RegisteredRoute {
  const { line } = source.getLineAndCharacterOfPosition(call.getStart())
  const [reached, declared] = [new Set<string>(), new Set<string>()]
  const seen = new Set<ts.Node>()
  for (const argument of call.arguments) collect(checker, argument, reached, seen)
  for (const problem of problemsIn(call)) collect(checker, problem, declared, new Set())
  return {
    where: `${source.fileName.slice(rootDir.length)}:${line + 1} ${call.arguments[0]!.getText().slice(0, 60)}`,
    declared: [...declared].sort(),
    reached: [...reached].sort(),
  }
}

const isProblemList = (node: ts.Node): node is ts.PropertyAssignment =>
  ts.isPropertyAssignment(node) && node.name.getText() === 'problems'

/** What stands in the lists called `problems` of a call. */
function problemsIn(call: ts.CallExpression): ts.Expression[] {
  const found: ts.Expression[] = []
  const visit = (node: ts.Node) => {
    if (isProblemList(node)) found.push(node.initializer)
    else ts.forEachChild(node, visit)
  }
  call.arguments.forEach(visit)
  return found
}

function collect(checker: ts.TypeChecker, node: ts.Node, into: Set<string>, seen: Set<ts.Node>): void {
  if (seen.has(node) || ts.isTypeNode(node) || isProblemList(node)) return
  seen.add(node)
  if (ts.isIdentifier(node)) for (const next of meaningOf(checker, node)) follow(checker, next, into, seen)
  ts.forEachChild(node, (child) => collect(checker, child, into, seen))
}

function follow(checker: ts.TypeChecker, declaration: ts.Node, into: Set<string>, seen: Set<ts.Node>) {
  const problem = problemNamed(declaration)
  if (problem === undefined) collect(checker, declaration, into, seen)
  else into.add(problem)
}

/** Where a name is declared in our own code: a function, a class, a value, or what a loop runs over. */
function meaningOf(checker: ts.TypeChecker, name: ts.Identifier): ts.Node[] {
  const symbol = ts.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name)
  if (!symbol) return []
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  return (real.declarations ?? []).filter(isOurs).map((declaration) => loopOf(declaration) ?? declaration)
}

const isOurs = (node: ts.Node) => {
  const { fileName } = node.getSourceFile()
  return fileName.startsWith(`${rootDir}server/`) && !ts.isParameter(node)
}

/** The list that a `for … of` takes its value from. */
function loopOf(declaration: ts.Node): ts.Node | undefined {
  let node: ts.Node = declaration
  while (ts.isBindingElement(node) || ts.isArrayBindingPattern(node)) node = node.parent
  const loop = ts.isVariableDeclaration(node) ? node.parent.parent : undefined
  return loop && ts.isForOfStatement(loop) ? loop.expression : undefined
}

function problemNamed(declaration: ts.Node): string | undefined {
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined
  const { initializer } = declaration
  const made = ts.isCallExpression(initializer) && initializer.expression.getText() === 'defineProblem'
  return made ? declaration.name.getText() : undefined
}
