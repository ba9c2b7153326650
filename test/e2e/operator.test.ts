import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, recordErrors } from '../support/browser.ts'
import { emptyDatabase } from '../support/database.ts'
import { itemIsOpen } from '../support/item-is-open.ts'
import { serveChat } from '../support/model-servers/chat-completions.ts'
import { answerToCheck } from '../support/model-servers/see-picture.ts'
import { photograph } from '../support/photograph.ts'
import { startArena } from '../support/program.ts'
import { registerEndpoint } from '../support/register-endpoint.ts'

const pictures = 200
/** As many as it takes for a rater to be judged. */
const votesOfEach = 21
/** Longer than a card that nobody looked at. */
const lookMs = 2_300
const folder = mkdtempSync(join(tmpdir(), 'arena-operator-'))
let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
  await Promise.all(Array.from({ length: pictures }, async (_, n) => writeFileSync(pathOf(n), await drawing(n))))
  const rows = Array.from({ length: pictures }, (_, n) => `How many windows has house ${n}?,${nameOf(n)}`)
  writeFileSync(join(folder, 'questions.csv'), ['question,image', ...rows].join('\n'))
}, 60_000)
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

const nameOf = (n: number) => `house-${String(n).padStart(3, '0')}.jpg`
const pathOf = (n: number) => join(folder, nameOf(n))
const drawing = (n: number) =>
  sharp({ create: { width: 320 + n, height: 240, channels: 3, background: { r: n, g: 255 - n, b: (n * 53) % 256 } } })
    .jpeg()
    .toBuffer()

/** Two models. The first one says more; the second one names itself in three of its answers. */
async function twoModels() {
  const first = await serveChat({ model: 'first' }, async (asked) => ({
    answer:
      (await answerToCheck(asked)) ?? `There are four windows, two on each floor, and a door between the lower two.`,
  }))
  const second = await serveChat({ model: 'second' }, async (asked) => {
    const house = /house (\d+)\?/.exec(asked.parts.filter((part) => typeof part === 'string').join(' '))?.[1]
    const answer = Number(house) < 3 ? 'I am Terse-2, and I count four.' : 'Four.'
    return { answer: (await answerToCheck(asked)) ?? answer }
  })
  return [
    { protocol: 'OpenAI chat', address: `${first.origin}/v1`, key: '', remoteModel: 'first', model: 'Wordy-1' },
    { protocol: 'OpenAI chat', address: `${second.origin}/v1`, key: '', remoteModel: 'second', model: 'Terse-2' },
  ]
}

test.each([
  { width: 1440, height: 900, touch: false },
  { width: 390, height: 844, touch: true },
])(
  'an operator who never saw the product runs a study from the pictures to the published board, at $width px',
  async ({ width, height, touch }) => {
    const models = await twoModels()
    const env = {
      DATABASE_URL: await emptyDatabase(),
      ARENA_DATA: join(folder, String(width)),
      ARENA_SAMPLES: 'off',
      PORT: '0',
    }
    const program = startArena(['serve'], env)
    const page = await browser.newPage({ viewport: { width, height }, hasTouch: touch, isMobile: touch })
    page.setDefaultTimeout(60_000)
    const errors = recordErrors(page)
    const photo = (name: string) => photograph(page, width, `operator-${name}`)
    try {
      const [link] = await program.until(/http:\/\/127\.0\.0\.1:\d+\/join\/[\w-]{22}/)
      const origin = new URL(link).origin
      await page.goto(link)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`${origin}/`)
      for (const model of models) await registerEndpoint(page, origin, model)

      await importPictures(page, origin)
      await photo('pool')
      const study = await makeStudy(page, photo)
      await clearQueue(page, photo)

      const invitation = await invite(page, study)
      await photo('invited')
      await rate(invitation, lookMs, (left, vote) => (left.includes('door') === vote % 4 > 0 ? '1' : '2'))
      await rate(invitation, 0, () => '1')
      await excludeCareless(page, study, photo)

      await page.goto(study)
      await page.getByRole('button', { name: 'Close the study' }).click()
      await page.getByRole('button', { name: 'Close it' }).click()
      await page.getByRole('button', { name: 'Open again' }).waitFor()
      const board = study.replace('/studies/', '/leaderboard/')
      await release(page, models)
      await waitForBoard(board)
      await page.goto(board)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await photo('board')
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      expect(errors.filter((error) => !/the server responded with a status of 4/.test(error))).toEqual([])
    } finally {
      await page.close()
      program.child.kill('SIGTERM')
      await program.ended
    }
  },
  300_000,
)

async function importPictures(page: Page, origin: string) {
  await page.goto(`${origin}/pools`)
  await page.getByLabel('Name of a new pool').fill('Houses')
  await page.getByRole('button', { name: 'Make pool' }).click()
  await page.waitForURL(/\/pools\/houses$/)
  const files = [join(folder, 'questions.csv'), ...Array.from({ length: pictures }, (_, n) => pathOf(n))]
  await page.getByLabel(/Pictures, or a zip/).setInputFiles(files)
  await page.getByLabel('Licence', { exact: true }).fill('CC0')
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.getByText(`${pictures} added, 0 known already`).waitFor()
}

/** Returns its address. */
async function makeStudy(page: Page, photo: (name: string) => Promise<void>): Promise<string> {
  await page.goto(new URL('/studies', page.url()).href)
  await page.getByRole('link', { name: 'New study' }).first().click()
  await page.getByLabel('Pool of queries').selectOption({ label: `Houses, ${pictures} queries` })
  for (const model of ['Wordy-1', 'Terse-2']) await page.getByLabel(new RegExp(model)).check()
  await page.getByLabel('Name', { exact: true }).fill('Windows')
  await page.getByLabel('Votes for each pair').fill('80')
  await page.getByLabel('Least time on a card, in seconds').fill('0')
  await page.getByRole('radio', { name: /At once/ }).check()
  await photo('new-study')
  await page.getByRole('button', { name: 'Make and open it' }).dblclick()
  await page.waitForURL(/\/studies\/windows$/)
  await page.getByText(`${pictures} of ${pictures}`).first().waitFor()
  await page
    .getByText(`${pictures - 3} of ${pictures}`)
    .first()
    .waitFor()
  return page.url()
}

async function clearQueue(page: Page, photo: (name: string) => Promise<void>) {
  await page.getByRole('link', { name: /^Queue 3$/ }).click()
  await page.getByText('3 held answers and 0 reports wait.').waitFor()
  await photo('queue')
  await page.getByRole('button', { name: 'Drop', exact: true }).first().click()
  await page.getByText('1 answer dropped.').waitFor()
  await page.getByRole('button', { name: /^Release all: / }).click()
  await page.getByText('No answer waits.').waitFor()
}

async function invite(page: Page, study: string): Promise<string> {
  await page.goto(study)
  await page.getByLabel('People').fill('2')
  await page.getByRole('button', { name: 'Make invite link' }).click()
  return page.getByLabel('The link, shown once').inputValue()
}

/** A rater joins and gives verdicts by keyboard, each after so long a look at the left answer; `vote` counts from 1. */
async function rate(invitation: string, lookMs: number, keyFor: (left: string, vote: number) => '1' | '2') {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(invitation)
  await page.getByRole('checkbox').check()
  await page.locator('form button').last().click()
  await page.waitForURL(/\/rate\//)
  for (let vote = 1; vote <= votesOfEach; vote++) {
    await itemIsOpen(page, vote)
    const left = await page.getByRole('region', { name: 'Text of answer A' }).innerText()
    await page.waitForTimeout(lookMs)
    await page.keyboard.press(keyFor(left, vote))
  }
  await itemIsOpen(page, votesOfEach + 1)
  await context.close()
}

async function excludeCareless(page: Page, study: string, photo: (name: string) => Promise<void>) {
  await page.goto(study)
  await page.getByRole('link', { name: 'Raters', exact: true }).click()
  await page.getByText('1 rater proposed to be excluded').waitFor()
  await page.getByRole('link', { name: /^Proposed/ }).click()
  await page.getByLabel('Choose rater 2').check()
  await page.getByRole('button', { name: 'Exclude 1 rater…' }).click()
  await page.getByText(`${votesOfEach} votes of 1 rater would count no more; ${votesOfEach} votes stay.`).waitFor()
  await photo('exclusion')
  await page.getByLabel('What you found').fill('Always the left one, at once')
  await page.getByRole('button', { name: 'Exclude 1 rater', exact: true }).click()
  await page.getByText('1 rater excluded.').waitFor()
}

async function release(page: Page, models: { model: string }[]) {
  for (const { model } of models) {
    await page.getByRole('button', { name: `Release ${model}` }).click()
    await page.getByRole('button', { name: 'Release it' }).click()
    await page.getByRole('button', { name: `Release ${model}` }).waitFor({ state: 'detached' })
  }
}

/** The last board of a study that was closed comes within seconds. */
async function waitForBoard(board: string) {
  const visitor = await browser.newPage()
  await expect
    .poll(
      async () => {
        await visitor.goto(board)
        return visitor.getByText('Wordy-1').count()
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(0)
  await visitor.close()
}
