import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { parse } from 'yaml'
import { expect, test as base } from './app'
import { fleetPage } from './pages/fleetPage'
import { fleetYaml } from './rig/fleetYaml'

/** Plans are made, changed, deleted and started in part by the screen alone; `fleet.yaml` keeps what else is in it. */

const STEPS = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.2; done'
const COMMENT = '# bought second-hand, mind the fan'

const test = base.extend<{ fleet: string | null }>({
  fleet: async ({}, use) =>
    use(
      fleetYaml({ plans: [{ name: 'steps', command: STEPS }] }).replace(
        '  - name: this-pc\n',
        `  - name: this-pc ${COMMENT}\n`,
      ),
    ),
})

test('a plan of two tracks is typed, previewed, saved, and one of its tracks is started', async ({
  page,
  home,
}) => {
  const screen = fleetPage(page)
  await expect(screen.link('this-pc')).toContainText('Online')
  await screen.plan.click()
  await page.getByRole('option', { name: 'New plan' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'New plan' })).toBeFocused()

  await page.getByRole('textbox', { name: 'Name', exact: true }).first().fill('walk')
  const features = trackOf(page, 1)
  await features.getByRole('textbox', { name: 'Name', exact: true }).fill('features')
  await features.getByRole('textbox', { name: 'Command' }).fill('echo features of {{node}}')
  await page.getByRole('button', { name: 'Add track' }).click()
  const train = trackOf(page, 2)
  await expect(train.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused()
  await page.keyboard.type('train')
  await train.getByRole('textbox', { name: 'Command' }).fill('echo fold {{worker}} of {{workers}}; sleep 600')
  await train.getByRole('button', { name: 'features', pressed: false }).click()

  const preview = page.getByRole('region', { name: 'Preview' })
  await expect(preview.getByRole('list', { name: 'Order of the tracks' })).toContainText('train')
  await expect(preview).toContainText('echo features of this-pc')
  await expect(preview).toContainText('echo fold 1')
  await page.keyboard.press('Control+s')
  await expect(page.getByRole('status', { name: 'Plan news' })).toHaveText('walk is saved in fleet.yaml.')

  const text = await fleetText(home)
  expect(text).toContain(COMMENT)
  expect(plansIn(text).map(plan => plan.name)).toEqual(['steps', 'walk'])
  expect(plansIn(text)[1]?.tracks.map(({ name, after }) => [name, after ?? []])).toEqual([
    ['features', []],
    ['train', ['features']],
  ])

  await screen.choosePlan('walk')
  await page.getByRole('button', { name: 'Choose tracks…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Start walk' })
  await dialog.getByRole('checkbox', { name: 'features' }).uncheck()
  await expect(dialog).toContainText('starts at once, since features is not chosen')
  await dialog.getByRole('textbox', { name: 'Workers a node of train' }).fill('2')
  await dialog.getByRole('button', { name: 'Start training' }).click()
  await expect(dialog).toHaveCount(0)
  await page.getByRole('link', { name: 'Runs' }).click()
  await expect(screen.runRows).toHaveCount(1)
  await expect(screen.runRows.first()).toContainText('Running')
  await expect(screen.logs).toContainText('fold 2 of 2')
  await expect(screen.logs).not.toContainText('features of')
  await screen.stopAll()
  await expect(screen.stopResult).toHaveText(/^Nothing is left running/)
})

test('what is wrong is shown at its field, and nothing is saved', async ({ page, home }) => {
  await openEditor(page, 'steps')
  const before = await fleetText(home)
  const workers = trackOf(page, 1).getByRole('textbox', { name: 'Workers a node' })
  await workers.fill('many')
  await expect(workers).toHaveAccessibleDescription(/cannot be read/)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(workers).toBeFocused()
  await workers.fill('300')
  await expect(workers).toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(workers).toBeFocused()
  expect(await fleetText(home)).toBe(before)
})

test('a plan is changed, survives a reload unsaved, is copied, deleted and taken back', async ({
  page,
  home,
}) => {
  await openEditor(page, 'steps')
  const workers = trackOf(page, 1).getByRole('textbox', { name: 'Workers a node' })
  await workers.fill('2')
  await page.reload()
  await expect(workers).toHaveValue('2')
  await page.keyboard.press('Control+s')
  await expect(page.getByRole('status', { name: 'Plan news' })).toHaveText('steps is saved in fleet.yaml.')
  const saved = await fleetText(home)
  expect(saved).toContain(COMMENT)
  expect(plansIn(saved)[0]?.tracks[0]?.workers).toBe(2)

  await page.getByRole('button', { name: 'Duplicate' }).click()
  await expect(page.getByRole('status', { name: 'Last change' })).toContainText('is a copy of steps.')
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('steps')
  await expect.poll(async () => plansIn(await fleetText(home)).length).toBe(2)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => plansIn(await fleetText(home)).length).toBe(1)

  // A comment inside of the plan comes back with it.
  await writeFile(join(home, 'fleet.yaml'), saved.replace('  - name: steps\n', '  - name: steps # nightly\n'))
  const marked = await fleetText(home)
  await page.getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('button', { name: 'More for steps', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect.poll(async () => plansIn(await fleetText(home))).toEqual([])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => fleetText(home)).toBe(marked)
})

async function openEditor(page: Page, plan: string): Promise<void> {
  await expect(fleetPage(page).link('this-pc')).toContainText('Online')
  await page.getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('button', { name: `Edit ${plan}`, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: plan })).toBeFocused()
}

const trackOf = (page: Page, at: number): Locator =>
  page.getByRole('region', { name: new RegExp(`^Track ${at}:`) })

interface PlanInFile {
  readonly name: string
  readonly tracks: readonly {
    readonly name: string
    readonly workers?: number
    readonly after?: readonly string[]
  }[]
}

const fleetText = (home: string): Promise<string> => readFile(join(home, 'fleet.yaml'), 'utf8')
const plansIn = (text: string): readonly PlanInFile[] =>
  (parse(text) as { readonly plans?: readonly PlanInFile[] | null }).plans ?? []
