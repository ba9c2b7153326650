import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { DeviceStore } from '#lib/device-store.ts'
import RatePage from './RatePage.svelte'
import { RatingSession } from './rating-session.svelte.ts'
import { battle, scriptServer } from './scripted-server.ts'

beforeEach(async () => {
  sessionStorage.clear()
  await page.viewport(1280, 800)
})

async function opened(script: Parameters<typeof scriptServer>[0] = {}, open: () => Storage = () => sessionStorage) {
  const server = scriptServer(script)
  const session = new RatingSession({ study: 'sample', rater: battle(9_999), store: new DeviceStore(open) })
  onTestFinished(() => session.pause())
  await session.start()
  await render(RatePage, { session, study: { slug: 'sample', name: 'Sample' } })
  const isOpen = () =>
    expect.element(page.getByRole('button', { name: 'A is better' })).toHaveAttribute('aria-disabled', 'false')
  return { server, session, isOpen }
}

test('a key pressed twice judges one card, and says why the second press did nothing', async () => {
  const { server, session, isOpen } = await opened()
  const say = vi.spyOn(session, 'say')
  await isOpen()
  await userEvent.keyboard('33')
  // The second press may find the next picture loaded or not: either way it is told.
  const reason = expect.stringMatching(/^(Judge after 1 second|The image has not loaded yet)\.$/)
  await vi.waitFor(() => expect(say).toHaveBeenCalledWith(reason))
  expect(server.battlesOf('/vote')).toEqual([battle(1)])
  expect(session.card?.battleId).toBe(battle(2))
  await isOpen()
  expect(session.said).not.toEqual(reason)
  await userEvent.keyboard('3')
  await vi.waitFor(() => expect(server.battlesOf('/vote')).toEqual([1, 2].map(battle)))
})

test('a button clicked twice judges one card', async () => {
  const { server, isOpen } = await opened()
  await isOpen()
  await page.getByRole('button', { name: 'Both good' }).dblClick()
  await expect.element(page.getByRole('heading', { name: /item 2/ })).toBeInTheDocument()
  expect(server.battlesOf('/vote')).toEqual([battle(1)])
})

test('undo works at once, and the item that comes back has its own time', async () => {
  const { server, session, isOpen } = await opened()
  await isOpen()
  await userEvent.keyboard('1')
  await vi.waitFor(() => expect(session.said).toBe('Saved, item 1'))
  await userEvent.keyboard('z1')
  await expect.element(page.getByRole('heading', { name: /item 1$/ })).toBeInTheDocument()
  await isOpen()
  expect(server.asked('/withdraw')).toHaveLength(1)
  expect(server.asked('/vote')).toHaveLength(1)
})

test('a study without a least time takes a verdict as soon as the picture is there', async () => {
  const { server, isOpen } = await opened({ leastCardSeconds: 0 })
  await isOpen()
  await userEvent.keyboard('2')
  await vi.waitFor(() => expect(server.asked('/vote')).toHaveLength(1))
})

test('what was opened on a card is not carried over to the next', async () => {
  const { isOpen } = await opened()
  await isOpen()
  await page.getByRole('button', { name: /Raw text\s+of answer A/ }).click()
  await expect.element(page.getByRole('button', { name: /As shown\s+of answer A/ })).toBeInTheDocument()
  await userEvent.keyboard('1')
  await expect.element(page.getByRole('heading', { name: /item 2/ })).toBeInTheDocument()
  await expect.element(page.getByRole('button', { name: /Raw text\s+of answer A/ })).toBeInTheDocument()
})

test('Esc leaves full screen wherever the focus is, which then returns to its button', async () => {
  const { isOpen } = await opened()
  await isOpen()
  await page.getByRole('button', { name: 'Full screen' }).click()
  const picture = page.getByRole('dialog', { name: 'Image, full screen' })
  await expect.element(picture).toBeVisible()
  await userEvent.keyboard('{Escape}')
  await expect.element(picture).not.toBeInTheDocument()
  await expect.element(page.getByRole('button', { name: 'Full screen' })).toHaveFocus()
})

test('with storage denied the page rates, and says once that nothing is kept on this device', async () => {
  const { server, isOpen } = await opened({}, () => {
    throw new DOMException('denied', 'SecurityError')
  })
  await isOpen()
  const note = page.getByText('This browser keeps nothing on this device.', { exact: false })
  await expect.element(note).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  await expect.element(note).not.toBeInTheDocument()
  await userEvent.keyboard('1')
  await vi.waitFor(() => expect(server.asked('/vote')).toHaveLength(1))
  await expect.element(note).not.toBeInTheDocument()
})

test('a verdict that the server refuses stays on the page with its reason until the rater closes it', async () => {
  const { server, session, isOpen } = await opened()
  server.fails.set('/vote', { status: 404, type: '/problems/not-found' })
  await isOpen()
  await userEvent.keyboard('1')
  const note = page.getByText('Your verdict on item 1 was not taken. Refused.')
  await expect.element(note).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  await expect.element(note).not.toBeInTheDocument()
  expect(session.queue.refused).toEqual([])
})

test('with another rater signed in nothing can be judged, and the page says whose the kept votes are', async () => {
  const { server, isOpen } = await opened()
  server.fails.set('/vote', { status: 403, type: '/problems/another-rater' })
  await isOpen()
  await userEvent.keyboard('1')
  await expect.element(page.getByRole('heading', { name: 'Another rater is signed in here' })).toBeVisible()
  await expect.element(page.getByText(/1 vote of yours/)).toBeVisible()
})

test('nothing is reported before its reason is chosen, and a double click is one report', async () => {
  const { server, isOpen } = await opened()
  await isOpen()
  await userEvent.keyboard('r')
  await page.getByRole('button', { name: 'Report and go on' }).click()
  expect(server.asked('/report')).toHaveLength(0)
  await page.getByRole('radio', { name: 'Something else' }).click()
  await page.getByRole('button', { name: 'Report and go on' }).dblClick()
  await expect.element(page.getByRole('heading', { name: /Compare two answers/ })).toBeInTheDocument()
  expect(server.asked('/report')).toHaveLength(1)
})

test.each([
  ['an answer is opened on its tab', 320],
  ['an answer is opened on its tab', 390],
  ['an answer is opened on its tab', 820],
])('where %s no verdict is taken before B was opened: %i px', async (_, width) => {
  await page.viewport(width, 800)
  const { server, session, isOpen } = await opened({ leastCardSeconds: 0 })
  const verdict = page.getByRole('button', { name: 'A is better' })
  await vi.waitFor(async () => {
    await verdict.click({ force: true })
    expect(session.said).toBe('Open answer B first.')
  })
  await userEvent.keyboard('1')
  expect(server.asked('/vote')).toHaveLength(0)
  await page.getByRole('button', { name: 'Answer B' }).click()
  await isOpen()
  expect(session.said).toBe('')
  await verdict.click()
  await vi.waitFor(() => expect(server.asked('/vote')).toHaveLength(1))
  await expect.element(page.getByRole('heading', { name: /item 2/ })).toBeInTheDocument()
  await expect.element(verdict).toHaveAttribute('aria-disabled', 'true')
})

test('where both answers are in sight a verdict needs no tab', async () => {
  await page.viewport(1440, 900)
  const { server, isOpen } = await opened({ leastCardSeconds: 0 })
  await isOpen()
  await userEvent.keyboard('1')
  await vi.waitFor(() => expect(server.asked('/vote')).toHaveLength(1))
})

test.each(['Report this item', 'Guidelines', 'Keys'])('on a phone the menu closes behind %s', async (name) => {
  await page.viewport(390, 844)
  await opened()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name, exact: true }).click()
  await expect.element(page.getByRole('dialog', { name })).toBeVisible()
  await expect.element(page.getByRole('button', { name: 'Pause' })).not.toBeInTheDocument()
  await page.getByRole('button', { name: 'Close' }).click()
})
