import type { Browser, Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import { createRaterLink } from '#server/links/service.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { adminPage } from '../support/admin-page.ts'
import { type Arena } from '../support/arena.ts'
import { itemIsOpen } from '../support/item-is-open.ts'
import { openHouse } from '../support/open-house.ts'

/** What a model could write to be drawn beyond its pane. `MARK` is looked for on the page. */
const vectors = [
  '$\\smash{\\raisebox{8em}{MARK}}$',
  '$$\\smash{\\raisebox{-9em}{MARK}}$$',
  '$\\raisebox{999em}{MARK}$',
  '$\\smash{\\raisebox{10em}{\\smash{\\raisebox{10em}{\\smash{\\raisebox{10em}{\\smash{\\raisebox{10em}{MARK}}}}}}}}$',
  '$\\hspace{-10em}\\hspace{-10em}\\hspace{-10em}\\hspace{-10em}\\hspace{-10em}\\hspace{-10em}MARK$',
  '$\\kern-99em MARK$',
  '$\\mkern-180mu\\mkern-180mu\\mkern-180mu MARK$',
  '$\\llap{MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK}$',
  '$\\rlap{MARK\\hspace{10em}\\hspace{10em}\\hspace{10em}MARK\\hspace{10em}\\hspace{10em}\\hspace{10em}MARK}$',
  '$\\clap{MARK\\hspace{10em}\\hspace{10em}\\hspace{10em}\\hspace{10em}\\hspace{10em}MARK}$',
  '$\\mathllap{\\rule{10em}{1em}\\rule{10em}{1em}\\rule{10em}{1em}\\rule{10em}{1em}\\rule{10em}{1em}}$ MARK',
  '$\\rule[-999em]{999em}{999em}$ MARK',
  '$\\rule{10em}{10em}\\rule{10em}{10em}\\rule{10em}{10em}\\rule{10em}{10em}\\rule{10em}{10em}$ MARK',
  '$\\rule[10em]{10em}{10em}$ MARK',
  `$${'\\Huge '.repeat(20)}MARK$`,
  '$\\Huge\\smash{\\raisebox{10em}{\\Huge MARK}}$',
  '$\\vphantom{\\rule{1em}{10em}}\\hphantom{\\rule{10em}{1em}\\rule{10em}{1em}\\rule{10em}{1em}\\rule{10em}{1em}\\rule{10em}{1em}}MARK$',
  '$\\vcenter{\\rule{1em}{10em}}MARK$',
  `$${'\\overline{'.repeat(80)}MARK${'}'.repeat(80)}$`,
  `$${'\\frac{1}{'.repeat(40)}MARK${'}'.repeat(40)}$`,
  `$${'x^{'.repeat(40)}MARK${'}'.repeat(40)}$`,
  `$\\sqrt{\\rule{1em}{10em}}\\left(\\rule{1em}{10em}MARK\\right)$`,
  `$\\begin{matrix}${'MARK & '.repeat(60)}MARK\\end{matrix}$`,
  `$\\begin{array}{c}${'MARK \\\\[10em] '.repeat(20)}MARK\\end{array}$`,
  '$\\begin{array}{c}a\\\\[-10em]b\\\\[-10em]c\\\\[-10em]MARK\\end{array}$',
  '$\\overset{\\overset{\\rule{1em}{10em}}{\\rule{1em}{10em}}}{MARK}$',
  '$\\tag{MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK}x$',
  '$$x\\tag{MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK}$$',
  '$\\colorbox{red}{MARK}\\fcolorbox{red}{blue}{\\rule{10em}{10em}}$',
  '$\\htmlStyle{position:fixed;top:0;left:0}{MARK}$',
  '$\\htmlClass{dialog}{MARK}\\href{https://x.example}{MARK}$',
  '$\\xrightarrow{MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK MARK}$',
  `\\[${'MARK+'.repeat(300)}1\\]`,
  '\u115F'.repeat(500) + 'MARK',
  'MARK' + '\u3164'.repeat(500),
  '\u2800'.repeat(2000) + 'MARK',
  '\u00A0'.repeat(3000) + 'MARK',
  'MARK' + '\u200B\u2060\u00AD'.repeat(600),
  'MARK' + '\u0E33\u0E4D\u0E49'.repeat(400),
  `Z${'\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308'.repeat(60)}MARK`,
  `${'Z\u0350\u0351\u0352\u0353\u0354'.repeat(20)}${'\u0489'.repeat(300)}MARK`,
  '\u202EMARK desrever\u202D\u2066\u2067\u2068',
  'العربية '.repeat(200) + 'MARK',
  `${'א'.repeat(4000)}MARK`,
  'W'.repeat(6000) + ' MARK',
  '＿'.repeat(3000) + 'MARK',
  '꧅'.repeat(200) + '𒐫'.repeat(200) + '﷽'.repeat(200) + 'MARK',
  `\`\`\`\n${'MARK wide code '.repeat(300)}\n\`\`\``,
  `\`${'MARKwideinlinecode'.repeat(200)}\``,
  `| ${'MARK | '.repeat(80)}\n|${'--|'.repeat(80)}\n| ${'cell | '.repeat(80)}`,
  `| a |\n|--|\n| ${'W'.repeat(3000)} MARK |`,
  `${'> '.repeat(60)}MARK`,
  Array.from({ length: 40 }, (_, depth) => `${'  '.repeat(depth)}- MARK`).join('\n'),
  `${'1. '.repeat(40)}MARK`,
  `${'9'.repeat(9)}. MARK`,
  `# ${'MARK'.repeat(400)}`,
  `<point x="10" y="10" alt="${'MARK'.repeat(30)}">${'MARK'.repeat(100)}</point>`,
  `<points ${Array.from({ length: 199 }, (_, n) => `x${n}="${n / 2}" y${n}="5"`).join(' ')} alt="MARK">MARK</points>`,
  '<b style="position:fixed;inset:0;font-size:400px">MARK</b><iframe></iframe><svg width="9999"></svg>',
  '<style>*{position:fixed}</style><marquee>MARK</marquee>',
  '\n'.repeat(3000) + 'MARK',
  '&nbsp;'.repeat(2000) + 'MARK',
  `${'\t'.repeat(400)}MARK`,
]

/** Four in each answer, so that the walk is short. */
const answers = Array.from({ length: Math.ceil(vectors.length / 4) }, (_, n) =>
  vectors.slice(4 * n, 4 * n + 4).join('\n\n'),
)

let browser: Browser
let house: Arena
let origin: string
let invitation: string

beforeAll(async () => {
  const opened = await openHouse({
    models: [{ name: 'Ann' }, { name: 'Ben' }],
    queries: answers.length,
    study: { leastCardSeconds: 0 },
    response: (m, q) => answers[m === 0 ? q : answers.length - 1 - q]!,
  })
  ;({ browser, house, origin } = opened)
  invitation = (await createRaterLink(house.ctx, house.study.id, { maxUses: 50, days: 1, cohort: 'test' }, origin)).url
  return opened.close
})

/** What of the answers is drawn beyond its pane, found under a lattice of points, and what the page is wider than the screen by. */
const beyondPane = (page: Page, pane: string) =>
  page.evaluate<string[]>(`(() => {
    const faults = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) faults.push('the page is ' + root.scrollWidth + ' px wide')
    const panes = [...document.querySelectorAll('${pane}')].filter((pane) => pane.getClientRects().length > 0)
    if (panes.length === 0) faults.push('no pane')
    const within = (box, x, y) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 1 && y <= box.bottom + 1
    for (let x = 2; x < innerWidth; x += 11)
      for (let y = 2; y < innerHeight; y += 11)
        for (const found of document.elementsFromPoint(x, y)) {
          const own = found.closest('.text')?.closest('${pane}')
          if (own && !within(own.getBoundingClientRect(), x, y)) faults.push(found.className + ' at ' + x + ', ' + y)
        }
    return faults.slice(0, 5)
  })()`)

test(
  'no answer is drawn beyond its pane, nor widens the page of a rater, at any width',
  { timeout: 400_000 },
  async () => {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 800 },
      reducedMotion: 'reduce',
      hasTouch: true,
    })
    const page = await context.newPage()
    await page.goto(invitation)
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Start rating' }).click()
    const faults: Record<string, string[]> = {}
    for (let item = 1; item <= Math.ceil(answers.length / 2); item++) {
      await page.setViewportSize({ width: 1440, height: 800 })
      await itemIsOpen(page, item)
      const said = (await page.locator('.read').first().textContent())!.trim().slice(0, 60)
      for (const width of [1440, 820, 390, 320]) {
        await page.setViewportSize({ width, height: 800 })
        for (const side of width > 900 ? [''] : ['A', 'B']) {
          if (side) await page.getByRole('button', { name: `Answer ${side}`, exact: true }).tap()
          const found = await beyondPane(page, '.read')
          if (found.length > 0) faults[`${width} ${side} ${said}`] = found
        }
      }
      await page.keyboard.press('3')
    }
    expect(faults).toEqual({})
    await context.close()
  },
)

test('nor on the page of a battle', { timeout: 400_000 }, async () => {
  const page = await adminPage(browser, { ctx: house.ctx, origin }, { viewport: { width: 1440, height: 800 } })
  await refreshRatings(house.ctx, house.study.id, { force: true })
  const votes = await house.ctx.sql<{ id: number }[]>`select id::int from votes order by id`
  expect(votes.length).toBe(Math.ceil(answers.length / 2))
  const faults: Record<string, string[]> = {}
  for (const { id } of votes) {
    await page.setViewportSize({ width: 1440, height: 800 })
    await page.goto(`${origin}/leaderboard/${house.study.slug}/battles/${id}`)
    await page.locator('.answers .text').first().waitFor()
    const said = (await page.locator('.answers .text').first().textContent())!.trim().slice(0, 60)
    for (const width of [1440, 820, 390, 320]) {
      await page.setViewportSize({ width, height: 800 })
      const found = await beyondPane(page, '.answers .scroll')
      if (found.length > 0) faults[`${width} ${said}`] = found
    }
  }
  expect(faults).toEqual({})
})
