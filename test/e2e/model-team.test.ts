import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, recordErrors } from '../support/browser.ts'
import { emptyDatabase } from '../support/database.ts'
import { serveAnthropic } from '../support/model-servers/anthropic-messages.ts'
import { serveChat } from '../support/model-servers/chat-completions.ts'
import { serveGemini } from '../support/model-servers/gemini-generate.ts'
import { knowingModel } from '../support/model-servers/knowing-model.ts'
import { answerToCheck } from '../support/model-servers/see-picture.ts'
import type { ModelServer } from '../support/model-servers/serve-model.ts'
import { photograph } from '../support/photograph.ts'
import { startArena } from '../support/program.ts'
import { registerEndpoint, type EndpointToRegister } from '../support/register-endpoint.ts'
import { revocableKey, type RevocableKey } from '../support/revocable-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'arena-model-team-'))
const secondKey = 'sk-second-0123456789'
let browser: Browser
let answer: Awaited<ReturnType<typeof knowingModel>>

beforeAll(async () => {
  browser = await openBrowser()
  answer = await knowingModel()
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Four kinds of server. The one behind a door that can be shut answers wrongly once its key was changed. */
async function fourServers() {
  const right: ModelServer['says'] = async (asked) => ({ answer: await answer(asked), thinking: 'Let me see.' })
  const wrongLater: ModelServer['says'] = async (asked) => {
    const isCheck = (await answerToCheck(asked)) !== undefined
    return door.key === secondKey && !isCheck
      ? { answer: 'Nothing of the kind.', thinking: 'Let me see.' }
      : right(asked)
  }
  const parsed = await serveChat({ model: 'thinker-parsed', thinking: 'reasoning_content' }, wrongLater)
  const tagged = await serveChat({ key: 'sk-test-1', model: 'thinker-tagged', thinking: 'in tags' }, right)
  const claude = await serveAnthropic({ key: 'sk-ant-test-1', model: 'claude-sonnet-4-5' }, right)
  const gemini = await serveGemini({ key: 'AIzaSyTest-1', model: 'gemini-2.5-pro' }, right)
  const door: RevocableKey = await revocableKey(parsed.origin, 'sk-first-0123456789')
  const others: EndpointToRegister[] = [
    {
      protocol: 'OpenAI chat',
      address: `${tagged.origin}/v1`,
      key: 'sk-test-1',
      remoteModel: 'thinker-tagged',
      model: 'Tagged',
    },
    {
      protocol: 'Anthropic',
      address: claude.origin,
      key: 'sk-ant-test-1',
      remoteModel: 'claude-sonnet-4-5',
      model: 'Claude-like',
    },
    {
      protocol: 'Gemini',
      address: `${gemini.origin}/v1beta`,
      key: 'AIzaSyTest-1',
      remoteModel: 'gemini-2.5-pro',
      model: 'Gemini-like',
    },
  ]
  return { door, others }
}

test.each([
  { width: 1440, height: 900, touch: false },
  { width: 390, height: 844, touch: true },
])(
  'a team that never saw the product finds its first wrong answer, at $width px',
  async ({ width, height, touch }) => {
    const { door, others } = await fourServers()
    const env = {
      DATABASE_URL: await emptyDatabase(),
      ARENA_DATA: join(folder, String(width)),
      ARENA_SAMPLES: 'off',
      PORT: '0',
    }
    const program = startArena(['serve'], env)
    const page = await browser.newPage({ viewport: { width, height }, hasTouch: touch, isMobile: touch })
    page.setDefaultTimeout(90_000)
    const errors = recordErrors(page)
    try {
      const [link] = await program.until(/http:\/\/127\.0\.0\.1:\d+\/join\/[\w-]{22}/)
      const origin = new URL(link).origin
      await page.goto(link)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`${origin}/`)

      const mine = {
        protocol: 'OpenAI chat',
        address: `${door.origin}/v1`,
        key: door.key,
        remoteModel: 'thinker-parsed',
        model: 'Thinker',
      }
      await registerEndpoint(page, origin, mine)
      await photograph(page, width, 'checked-thinker')
      await startAllEleven(page)
      const first = page.url()
      for (const other of others) {
        await registerEndpoint(page, origin, other)
        await photograph(page, width, `checked-${other.model.toLowerCase()}`)
        await startAllEleven(page)
      }

      // The provider revokes the key while the next runs go on.
      door.key = secondKey
      await page.goto(first)
      await startAllEleven(page)
      await page.getByRole('heading', { name: /thinker-parsed/ }).waitFor()
      await page
        .getByText(/refuses the key|Key: The key was refused|Incorrect API key/)
        .first()
        .waitFor()
      await photograph(page, width, 'refused')
      const paused = page.locator('tr', { hasText: 'paused' }).filter({ hasText: 'VQA v2' }).first()
      await paused.waitFor()
      await paused.getByRole('link').first().click()
      await page.waitForURL(/\/runs\/\d+$/)
      await page.getByText('models set', { exact: false }).first().waitFor()
      await photograph(page, width, 'paused')
      const run = page.url()
      await page.getByRole('link', { name: 'Open the endpoint' }).click()

      // What is typed stays while the page refreshes itself, and a double press stores it once.
      await page.getByLabel('Key', { exact: true }).fill(door.key)
      await page.waitForTimeout(3_500)
      expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe(door.key)
      const connection = page.locator('section', { has: page.getByRole('heading', { name: 'Connection' }) })
      await connection.getByRole('button', { name: 'Save' }).dblclick()
      await page.getByText('Saved. It is being checked.').waitFor()
      await page
        .getByText(/Every probe passed|Ready; limits/)
        .first()
        .waitFor()
      await photograph(page, width, 'replaced')
      expect(await page.content()).not.toContain('0123456789')

      await page.goto(run)
      await page.getByRole('button', { name: 'Resume' }).click()
      await page
        .getByText(/^complete$/)
        .filter({ visible: true })
        .first()
        .waitFor()
      await page.locator('.drill').getByRole('link', { name: 'Wrong', exact: true }).click()
      await page.waitForURL(/filter=wrong/)
      const examples = page.locator(`.drill a[href*="${new URL(run).pathname}/"]`)
      await examples.filter({ hasText: 'wrong' }).first().click()
      await page.getByRole('heading', { name: 'Prompt as sent' }).waitFor()
      await page.locator('.evidence').getByText('Nothing of the kind.').first().waitFor()
      await photograph(page, width, 'wrong-answer')
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      expect(errors.filter((error) => !/the server responded with a status of 4/.test(error))).toEqual([])
    } finally {
      await page.close()
      program.child.kill('SIGTERM')
      await program.ended
    }
  },
  400_000,
)

async function startAllEleven(page: Page) {
  await page.getByRole('button', { name: 'All 11 samples' }).click()
  await page.getByLabel('Examples of each, at most').fill('4')
  await page.getByRole('button', { name: 'Start 11 runs' }).dblclick()
  await page.getByText('11 runs started.').waitFor()
}
