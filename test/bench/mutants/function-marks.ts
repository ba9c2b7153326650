import { createHash } from 'node:crypto'
import ts from 'typescript'

/** Something with a body that runs when it is called. */
const isBody = (node: ts.Node): node is ts.FunctionLikeDeclaration & { body: ts.Node } =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined

function bodies(source: ts.SourceFile): (ts.FunctionLikeDeclaration & { body: ts.Node })[] {
  const found: (ts.FunctionLikeDeclaration & { body: ts.Node })[] = []
  const visit = (node: ts.Node): void => {
    if (isBody(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const nameOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** A function has the name of its text, wherever it stands; a file that of its path. */
const marksOf = (source: ts.SourceFile) => bodies(source).map((node) => nameOf(node.getText(source)))

/**
 * What calls show that a test can notice a change: of the innermost function around it, else of any of its file, else that
 * the file was loaded, which is all there is of what stands in no function. The first that any test is known for counts; a
 * function that was edited since is not known.
 */
export function marksAt(source: ts.SourceFile, place: number): string[][] {
  const marks = marksOf(source)
  const innermost = bodies(source).findLastIndex((node) => node.getStart(source) <= place && place < node.end)
  return innermost < 0 ? [[source.fileName]] : [[marks[innermost]!], marks, [source.fileName]]
}

/** The file's code with a note on the disk, in `log`, of each function's first call in a process. */
export function withMarks(source: ts.SourceFile, log: string): string {
  const inserts: { at: number; text: string }[] = []
  const marks = marksOf(source)
  for (const [index, { body }] of bodies(source).entries()) {
    const mark = `markCall('${marks[index]}')`
    if (ts.isBlock(body)) inserts.push({ at: body.getStart(source) + 1, text: `${mark};` })
    else inserts.push({ at: body.getStart(source), text: `(${mark},` }, { at: body.end, text: ')' })
  }
  const { text } = source
  let marked = ''
  let from = 0
  for (const { at, text: insert } of inserts.toSorted((a, b) => a.at - b.at)) {
    marked += text.slice(from, at) + insert
    from = at
  }
  return marked + text.slice(from) + noteCalls(source.fileName, log)
}

const noteCalls = (file: string, log: string) => `
var calledHere: Set<string> | undefined
function markCall(mark: string) {
  calledHere ??= new Set()
  if (calledHere.has(mark)) return
  calledHere.add(mark)
  process.getBuiltinModule('node:fs').appendFileSync(${JSON.stringify(log)}, mark + '\\n')
}
markCall(${JSON.stringify(file)})
`
