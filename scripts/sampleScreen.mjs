// @ts-check
// The fleet screen as a script reads it: by the roles and names that are part of the product's interface.

/** @typedef {import('@playwright/test').Page} Page */

const STATES = /\b(Starting|Running|Stopping|Succeeded|Failed|Stopped|Unknown|Lost)\b/
const READY_LIMIT_MS = 60_000

/**
 * @param {Page} page
 * @param {string} plan
 */
export async function pickPlan(page, plan) {
  const picker = page.getByRole('combobox', { name: 'Plan' })
  await picker.waitFor({ timeout: READY_LIMIT_MS })
  if ((await picker.innerText()).includes(plan)) return
  await picker.click()
  await page.getByRole('option', { name: plan }).click()
}

/**
 * Waits until START TRAINING can be pressed, and presses it.
 * Errors: the reason that the button gives.
 * @param {Page} page
 */
export async function startTraining(page) {
  const button = page.getByRole('button', { name: 'Start training' })
  try {
    await button
      .and(page.locator(':not([disabled]):not([aria-disabled="true"])'))
      .click({ timeout: READY_LIMIT_MS })
  } catch {
    const ids = ((await button.getAttribute('aria-describedby')) ?? '').split(' ').filter(id => id !== '')
    const reasons = await Promise.all(ids.map(id => page.locator(`[id="${id}"]`).textContent()))
    const reason = reasons.join(' ').trim()
    throw new Error(`START TRAINING cannot be pressed: ${reason === '' ? 'no reason is given' : reason}`)
  }
}

/**
 * The newest run as its row shows it, or null while there is none.
 * @param {Page} page
 */
export async function readRun(page) {
  const [row] = await page
    .getByRole('table', { name: 'Runs' })
    .getByRole('row')
    .filter({ has: page.getByRole('cell') })
    .all()
  if (row === undefined) return null
  const bar = row.getByRole('progressbar')
  const isMeasured = (await bar.count()) > 0
  // With blanks between its cells, as it is seen.
  const text = (await row.innerText()).replaceAll(/\s+/g, ' ').trim()
  const name = isMeasured ? await bar.getAttribute('aria-label') : null
  const percent = isMeasured ? await bar.getAttribute('aria-valuenow') : null
  const progress = isMeasured ? await bar.getAttribute('aria-valuetext') : null
  return {
    name: (name ?? '').replace(/ progress$/, ''),
    state: STATES.exec(text)?.[1] ?? '',
    text,
    percent: percent === null ? null : Number(percent),
    progress: progress ?? '',
  }
}

/**
 * The results table, head first.
 * Errors: there is none.
 * @param {Page} page
 */
export async function readResults(page) {
  const table = page.getByRole('table', { name: 'Results' })
  await table.waitFor({ timeout: READY_LIMIT_MS }).catch(() => {
    throw new Error('The run succeeded, but there is no result table.')
  })
  const rows = await table.getByRole('row').all()
  return Promise.all(
    rows.map(async row => (await row.locator('th, td').allInnerTexts()).map(cell => cell.trim())),
  )
}

/**
 * What the screen says is wrong.
 * @param {Page} page
 */
export async function alerts(page) {
  const texts = await page.getByRole('alert').allInnerTexts()
  return texts.map(text => text.replaceAll(/\s+/g, ' ').trim()).filter(text => text !== '')
}
