import type { Locator, Page } from 'playwright'

export interface EndpointToRegister {
  /** As the button of the form is called. */
  protocol: string
  address: string
  key: string
  remoteModel: string
  model: string
}

/** Registers an endpoint of this machine on the page, as an admin who has it allowed there, and waits for its check. */
export async function registerEndpoint(page: Page, origin: string, endpoint: EndpointToRegister): Promise<void> {
  await page.goto(`${origin}/endpoints`)
  await page.getByRole('link', { name: 'Add endpoint' }).first().click()
  await page.getByRole('button', { name: endpoint.protocol, exact: true }).click()
  await page.getByLabel('Base URL').fill(endpoint.address)
  await page.getByLabel('Key', { exact: true }).fill(endpoint.key)
  await page.getByLabel('Model name at the endpoint').fill(endpoint.remoteModel)
  await page.getByLabel('Model, as boards show it').fill(endpoint.model)
  await page.getByRole('button', { name: 'Save and check' }).click()
  const allow = page.getByRole('button', { name: /^Allow 127\.0\.0\.1:\d+ to be called$/ })
  await pressUntil(allow, page.getByText('may be called now. Save again.'))
  await page.getByRole('button', { name: 'Save and check' }).click()
  await page
    .getByText(/Every probe passed|Ready; limits/)
    .first()
    .waitFor({ timeout: 60_000 })
}

/** A machine under load says that it is busy, and a person presses again. */
async function pressUntil(button: Locator, done: Locator) {
  for (let attempt = 0; attempt < 5; attempt++) {
    await button.click()
    const isDone = await done.waitFor({ timeout: 8_000 }).then(
      () => true,
      () => false,
    )
    if (isDone) return
  }
  throw new Error('it was never done')
}
