import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderAnswer } from '#server/battles/rendering/render-answer.ts'

const render = (text: string) => renderAnswer(text, 100, { pointsShown: true })
const htmlOf = (text: string) => render(text).html

/** Elements that Markdown, our chips and KaTeX make; none of them fetches, runs or leads anywhere. */
const elements = new Set(
  `p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s table thead tbody tr th td div span b
  math semantics annotation mrow mi mo mn ms mtext mspace mfrac msqrt mroot msup msub msubsup munder mover munderover
  mtable mtr mtd mlabeledtr mstyle mpadded mphantom menclose mprescripts mmultiscripts mglyph svg path line`.split(
    /\s+/,
  ),
)
const attributes = new Set(
  `class style data-n tabindex start aria-hidden xmlns display encoding mathvariant stretchy fence separator lspace rspace
  minsize maxsize movablelimits accent accentunder linethickness linebreak columnalign rowspacing columnspacing columnlines rowlines
  scriptlevel displaystyle width height depth voffset viewBox preserveAspectRatio d mathcolor mathbackground mathsize notation
  side dir x1 x2 y1 y2 stroke-width symmetric largeop form align`.split(/\s+/),
)

/** What in the HTML could do harm: unknown elements or attributes, addresses, active styles, stray angle brackets. */
function harmIn(html: string): string[] {
  const harm: string[] = []
  const rest = html.replaceAll(
    /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*\/?>/g,
    (_tag, _slash, name: string, list: string) => {
      if (!elements.has(name)) harm.push(`element ${name}`)
      for (const [, attribute, value] of list.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)) {
        if (!attributes.has(attribute!)) harm.push(`attribute ${attribute}`)
        if (attribute === 'style' && /url|expression|@|javascript|position\s*:\s*fixed/i.test(value ?? ''))
          harm.push(`style ${value}`)
      }
      return ''
    },
  )
  if (/[<>]/.test(rest)) harm.push('a stray angle bracket')
  return harm
}

const vectors = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><path d="M0 0"/></svg>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<style>*{background:url(http://x.example)}</style>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1)) [x](data:text/html,<script>alert(1)</script>) ![x](http://x.example/p.png)',
  '<http://x.example> https://x.example',
  '[x]: http://x.example "onmouseover=alert(1)"\n\n[x]',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '`<b onclick=x>`',
  '<point x="1" y="2" alt="&quot;><img src=x onerror=alert(1)>">&lt;script&gt;</point>',
  `<point x="1" y="2" alt='" onmouseover="alert(1)'>" onclick="alert(1)</point>`,
  '<points x1="1" y1="2" x2="3" y2="4" alt="<script>">a</points>',
  '$\\href{javascript:alert(1)}{x}$ $\\url{javascript:alert(1)}$ $\\includegraphics{http://x.example/p.png}$',
  '$\\htmlData{onclick=alert(1)}{x}$ $\\htmlStyle{position:fixed}{x}$ $\\htmlClass{x}{y}$ $\\htmlId{x}{y}$',
  '$\\text{<img src=x onerror=alert(1)>}$ $"\'<>&$',
  '$\\color{url(http://x.example)}{x}$ $\\colorbox{expression(alert(1))}{x}$',
  '| <b>a</b> | b |\n|--|--|\n| <script> | ![x](y) |',
  '\uE0000\uE001 \uE000999\uE001 \uE000constructor\uE001',
  '&lt;script&gt; &#60;script&#62; &#x3c;img onerror=x&#x3e;',
  '<!-- --><![CDATA[<script>]]><?php ?>',
  'a\0<script\0>',
]

describe('an answer cannot bring in', () => {
  test.each(vectors)('%j', (text) => {
    expect(harmIn(htmlOf(text))).toEqual([])
  })
})

test('no text whatever makes anything but the elements of Markdown, points and formulae', () => {
  const piece = fc.oneof(
    fc.constantFrom(...vectors),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '`',
      '```',
      '$',
      '$$',
      '\\(',
      '\\)',
      '\\[',
      '\\]',
      '\n',
      '\n\n',
      '|',
      '- ',
      '# ',
      '*',
      '_',
      '&',
      '\\',
    ),
    fc.constantFrom(
      '<point x="',
      '" y="',
      '" alt="',
      '">',
      '</point>',
      'Click(1.0, 2.0)',
      'onload=',
      '\\frac{',
      '}{',
      '}',
      '^',
      'javascript:',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  const answers = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(answers, fc.boolean(), (text, pointsShown) => {
      const answer = renderAnswer(text, 100, { pointsShown })
      expect(harmIn(answer.html)).toEqual([])
      for (const { x, y } of answer.points) expect(x >= 0 && x <= 100 && y >= 0 && y <= 100).toBe(true)
      expect(answer.points.length).toBeLessThanOrEqual(200)
    }),
    { numRuns: 1500 },
  )
})

test('Markdown is rendered, links and pictures stay words', () => {
  expect(htmlOf('**Two** cups:\n\n1. red\n2. `blue`')).toBe(
    '<p><strong>Two</strong> cups:</p>\n<ol>\n<li>red</li>\n<li><code>blue</code></li>\n</ol>\n',
  )
  expect(htmlOf('See [this](http://x.example).')).toBe('<p>See [this](http://x.example).</p>\n')
})

test('formulae are typeset in all four spellings, and money stays money', () => {
  for (const formula of ['$x^2$', '$$x^2$$', '\\(x^2\\)', '\\[x^2\\]', '$$\nx^2\n$$']) {
    expect(htmlOf(`So ${formula} it is`)).toContain('class="katex"')
  }
  expect(htmlOf('$$\n\\frac{a}{b}\n$$')).toContain('katex-display')
  expect(htmlOf('$$\na\n\n+ b\n$$\nText after it.')).toMatch(/katex-display.*<p>Text after it\.<\/p>/s)
  expect(htmlOf('It costs $5, or $10 with milk.')).toBe('<p>It costs $5, or $10 with milk.</p>\n')
})

test('a formula that cannot be typeset is shown as it was written', () => {
  expect(htmlOf('$\\frac{a$')).toBe('<p><code>\\frac{a</code></p>\n')
  expect(htmlOf('$\\def\\a{\\a\\a}\\a$')).toContain('<code>')
})

test('points become numbered chips and a list in percent', () => {
  const answer = render(
    'Counting the <points x1="10.0" y1="20.5" x2="30" y2="40" alt="cats">cats</points> shows a total of 2.',
  )
  expect(answer.html).toBe(
    '<p>Counting the cats <span class="point" data-n="1"><b>1</b></span> <span class="point" data-n="2"><b>2</b></span> shows a total of 2.</p>\n',
  )
  expect(answer.points).toEqual([
    { x: 10, y: 20.5, label: 'cats' },
    { x: 30, y: 40, label: 'cats' },
  ])
  expect(answer.words).toBe(8)
})

test('where a study shows no points, their words remain', () => {
  const answer = renderAnswer('The <point x="1" y="2" alt="cup">cup</point>.', 100, { pointsShown: false })
  expect(answer).toMatchObject({ html: '<p>The cup.</p>\n', points: [] })
})

test('an answer that would take long to render is shown as plain text', () => {
  expect(htmlOf('*a '.repeat(20_000))).toMatch(/^<p dir="auto">\*a \*a/)
  expect(htmlOf('> '.repeat(12_000)).length).toBeLessThan(400_000)
  const formulae = htmlOf('$x$ '.repeat(1000))
  expect(formulae.match(/class="katex"/g)).toHaveLength(200)
  expect(formulae.match(/<code>x<\/code>/g)).toHaveLength(800)
})

test('a line break within a formula keeps the one attribute that KaTeX gives it', () => {
  const { html } = renderAnswer('$$a \\\\ b$$', 100, { pointsShown: false })
  expect(html).toContain('linebreak="newline"')
})

test.each([
  ['*$5*. R$ 12', '<p><em>$5</em>. R$ 12</p>\n'],
  ['**$5**, **6$**', '<p><strong>$5</strong>, <strong>6$</strong></p>\n'],
  ['It costs $5 a cup, or 4$.', '<p>It costs $5 a cup, or 4$.</p>\n'],
  ['Was $5 in May, US$ 7 now', '<p>Was $5 in May, US$ 7 now</p>\n'],
])('money is no formula: %s', (text, html) => {
  expect(htmlOf(text)).toBe(html)
})

test.each([
  '$5x + 3$',
  '$5*3=15$',
  '$2\\text{ cups}$',
  '$3\\sin x$',
  '$AB$',
  '*so $5x$ it is*',
  '$X$ 2',
  '$x_1$, $x_2$',
])('a formula that holds amounts stays one: %s', (text) => {
  expect(htmlOf(text)).toContain('class="katex"')
})

test('a new line in a cell of a table is one; elsewhere, and in code, its tag is text', () => {
  const html = htmlOf('| a<br>b | `<br>` |\n|--|--|\n| 1<br/>**2<br />3** | x |\n\nThe tag <br> ends a line.')
  expect(html).toContain('<th>a<br>\nb</th>')
  expect(html).toContain('<code>&lt;br&gt;</code>')
  expect(html).toContain('<td>1<br>\n<strong>2<br>\n3</strong></td>')
  expect(html).toContain('The tag &lt;br&gt; ends a line.')
})

test('each block is read in the direction of its first letter, lists and tables in that of their first block', () => {
  expect(htmlOf('שלום VLM\n\n1. أهلا\n2. two\n\nEnglish שלום')).toBe(
    '<p dir="rtl">שלום VLM</p>\n<ol dir="rtl">\n<li dir="rtl">أهلا</li>\n<li dir="ltr">two</li>\n</ol>\n<p dir="ltr">English שלום</p>\n',
  )
  expect(htmlOf('| שם | b |\n|--|--|\n| 1 | ב |')).toContain('<div class="table" tabindex="0" dir="rtl"><table>')
  expect(htmlOf('> مرحبا')).toContain('<blockquote dir="rtl">')
  expect(htmlOf('- only\n- English')).not.toContain('dir=')
})

test.each([
  ['图片中有两只猫坐在红色的沙发上。', 8, 14],
  ['ในภาพมีแมวสองตัวนั่งอยู่บนโซฟา', 6, 14],
  ['Don’t count 3.5 cups - twice!', 5, 5],
])('words are counted as its readers would: %s', (text, least, most) => {
  const { words } = render(text)
  expect(words).toBeGreaterThanOrEqual(least)
  expect(words).toBeLessThanOrEqual(most)
})

test('the raw text is every character of the answer', () => {
  const text = '  <think>is a tag</think> and <point x="1" y="2" alt="cup">cup</point>\n'
  expect(render(text).text).toBe(text)
})
