import ts from 'typescript'
import { otherNumber, type Edit } from './mutation.ts'
import { sqlEdits } from './sql-edits.ts'

/** Operators and what they are mistaken for: a comparison turned, a bound moved, a sign. */
const operators: Partial<Record<ts.SyntaxKind, string[]>> = {
  [ts.SyntaxKind.LessThanToken]: ['<=', '>'],
  [ts.SyntaxKind.LessThanEqualsToken]: ['<', '>='],
  [ts.SyntaxKind.GreaterThanToken]: ['>=', '<'],
  [ts.SyntaxKind.GreaterThanEqualsToken]: ['>', '<='],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ['!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ['==='],
  [ts.SyntaxKind.EqualsEqualsToken]: ['!='],
  [ts.SyntaxKind.ExclamationEqualsToken]: ['=='],
  [ts.SyntaxKind.PlusToken]: ['-'],
  [ts.SyntaxKind.MinusToken]: ['+'],
  [ts.SyntaxKind.AsteriskToken]: ['/'],
  [ts.SyntaxKind.SlashToken]: ['*'],
  [ts.SyntaxKind.PlusEqualsToken]: ['-='],
  [ts.SyntaxKind.MinusEqualsToken]: ['+='],
  [ts.SyntaxKind.AsteriskEqualsToken]: ['/='],
  [ts.SyntaxKind.SlashEqualsToken]: ['*='],
}

/** Of two sides either may be all that counts: a condition dropped, a default forgotten. */
const oneSideEnough = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
])

const methods: Record<string, string> = { min: 'max', max: 'min', some: 'every', every: 'some' }

/** Every edit that the mutants are drawn from, of the code and of the SQL inside it. */
export function codeEdits(source: ts.SourceFile): Edit[] {
  const edits: Edit[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return
    edits.push(...editsOf(node, source))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return edits
}

function editsOf(node: ts.Node, source: ts.SourceFile): Edit[] {
  const replace = (part: ts.Node, replacement: string): Edit => ({
    start: part.getStart(source),
    end: part.end,
    replacement,
  })
  const keep = (part: ts.Node) =>
    replace(node, ts.isArrowFunction(node.parent) ? `(${part.getText(source)})` : part.getText(source))
  if (ts.isBinaryExpression(node)) {
    const { operatorToken, left, right } = node
    if (oneSideEnough.has(operatorToken.kind)) return [keep(left), keep(right)]
    if (operatorToken.kind === ts.SyntaxKind.PlusToken && (isText(left) || isText(right))) return []
    return (operators[operatorToken.kind] ?? []).map((other) => replace(operatorToken, other))
  }
  if (ts.isPrefixUnaryExpression(node))
    return [ts.SyntaxKind.ExclamationToken, ts.SyntaxKind.MinusToken].includes(node.operator)
      ? [keep(node.operand)]
      : []
  if (ts.isIfStatement(node)) return [replace(node.expression, 'true'), replace(node.expression, 'false')]
  if (ts.isConditionalExpression(node)) return [keep(node.whenTrue), keep(node.whenFalse)]
  if (ts.isNumericLiteral(node))
    return ts.isPropertyAssignment(node.parent) && node.parent.name === node
      ? []
      : [replace(node, otherNumber(node.text))]
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, 'false')]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, 'true')]
  if (ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent) && Object.hasOwn(methods, node.name.text))
    return [replace(node.name, methods[node.name.text]!)]
  if (ts.isTaggedTemplateExpression(node) && /(?:^|\.)sql$|^(?:rowsOf|rowsInBatches)\(/.test(node.tag.getText(source)))
    return sqlEdits(node.template, source)
  return []
}

/** A sum with a text in it joins texts. */
function isText(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) return isText(node.left) || isText(node.right)
  return ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)
}
