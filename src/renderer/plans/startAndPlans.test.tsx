// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { showScene } from '../gallery/showScene'
import { screenStore } from '../views/screenStore'

// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 60_000 })
afterEach(cleanup)

const LONG = { timeout: 20_000 }
const press = (name: string | RegExp, of: HTMLElement = document.body): void =>
  void fireEvent.click(within(of).getByRole('button', { name }))

describe('the start dialog', () => {
  const dialog = (): HTMLElement => screen.getByRole('dialog', { name: 'Start tft-walk-forward' })
  const check = (name: string): void => void fireEvent.click(within(dialog()).getByRole('checkbox', { name }))

  test('starts the chosen tracks with the chosen workers, and explains the order', async () => {
    const asked = showScene('start-tracks')
    expect(within(dialog()).getByText('after train and baseline')).toBeDefined()
    check('features')
    check('report')
    expect(within(dialog()).getAllByText('starts at once, since features is not chosen')).toHaveLength(2)
    fireEvent.change(within(dialog()).getByRole('textbox', { name: 'Workers a node of train' }), {
      target: { value: '1' },
    })
    press('Start training', dialog())
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), LONG)
    expect(asked.acts).toEqual([
      'start "tft-walk-forward" [{"track":"train","workers":1},{"track":"baseline","workers":null}]',
    ])
  })

  test('says in words whether there is room, and starts nothing that is wrong', async () => {
    const asked = showScene('start-tracks-some')
    expect(
      await within(dialog()).findByText('It asks for more than pc2 and hp-server have free.', {}, LONG),
    ).toBeDefined()
    const start = within(dialog()).getByRole('button', { name: 'Start training' })
    expect(start.getAttribute('data-tip')).toBe('The workers of baseline are not a number from 1 to 256.')
    fireEvent.click(start)
    press('Choose all', dialog())
    press('Choose none', dialog())
    expect(start.getAttribute('data-tip')).toBe('Choose at least one track.')
    expect(asked.acts).toEqual([])
  })

  test('shows a refusal and stays open', async () => {
    const asked = showScene('start-tracks')
    asked.failure = Object.assign(new Error('pc2 has no room.'), { data: { hint: 'Choose fewer workers.' } })
    press('Start training', dialog())
    expect((await within(dialog()).findByRole('alert', {}, LONG)).textContent).toBe(
      'pc2 has no room.Choose fewer workers.',
    )
  })

  test('opens beside START for a plan of several tracks; START alone starts them all', async () => {
    const asked = showScene('start-tracks')
    press('Cancel', dialog())
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), LONG)
    press('Start training')
    press('Choose tracks…')
    expect(dialog()).toBeDefined()
    expect(asked.acts).toEqual(['start "tft-walk-forward"'])
  })
})

describe('the plans on the screen of the runs', () => {
  const row = (name: string): HTMLElement =>
    within(screen.getByRole('table', { name: 'Plans' })).getByRole('row', { name: new RegExp(`^${name}`) })
  const choose = async (plan: string, item: string): Promise<void> => {
    press(`More for ${plan}`)
    fireEvent.click(await screen.findByRole('menuitem', { name: item }, LONG))
  }

  test('tell what they are, and why one cannot be started', () => {
    showScene('plans')
    expect(row('tft-walk-forward').textContent).toContain('process4 tracks3 nodes81 secret without a value')
    expect(row('ppo-sweep').textContent).toContain('Docker is not installed on pc2.')
    press('Edit ppo-sweep')
    expect(screenStore.getState()).toMatchObject({ screen: 'plan', editedPlan: 'ppo-sweep' })
  })

  test('are deleted at once, and taken back as they were', async () => {
    const removed = { name: 'ppo-sweep' as never, index: 2, yaml: '  - name: ppo-sweep # mine\n' }
    const asked = showScene('plans', { removePlan: async () => removed })
    await choose('ppo-sweep', 'Delete')
    await waitFor(
      () =>
        expect(screen.getByRole('status', { name: 'Last change' }).textContent).toBe(
          'ppo-sweep was deleted from fleet.yaml.',
        ),
      LONG,
    )
    press('Undo')
    expect(asked.acts).toEqual(['delete plan "ppo-sweep"', `restore plan ${JSON.stringify(removed)}`])
  })

  test('are copied, and the copy is opened', async () => {
    const asked = showScene('plans')
    await choose('tft-walk-forward', 'Duplicate')
    await waitFor(
      () =>
        expect(screenStore.getState()).toMatchObject({ screen: 'plan', editedPlan: 'tft-walk-forward-copy' }),
      LONG,
    )
    expect(asked.acts).toEqual(['duplicate plan "tft-walk-forward"'])
  })

  test('that are none say what to do, and a new one begins', () => {
    showScene('plans-none')
    expect(screen.getByText('No plans yet')).toBeDefined()
    press('New plan')
    expect(screen.getByRole('heading', { level: 1, name: 'New plan' })).toBeDefined()
  })
})

test('the plan picker leads to the editor and chooses nothing by it', async () => {
  showScene('fleet-3')
  fireEvent.click(screen.getByRole('combobox', { name: 'Plan' }))
  const edit = await screen.findByRole('option', { name: 'Edit plan…' }, LONG)
  act(() => edit.focus())
  fireEvent.keyDown(edit, { key: 'Enter' })
  fireEvent.click(edit)
  await waitFor(
    () =>
      expect(screenStore.getState()).toMatchObject({
        screen: 'plan',
        editedPlan: 'kelly-monte-carlo',
        plan: null,
      }),
    LONG,
  )
})
