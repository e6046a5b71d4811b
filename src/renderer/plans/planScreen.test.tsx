// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { PlanDraft, PlanPreview } from '../../contract/plans'
import { previewOf, WALK, WALK_NODES } from '../gallery/planDrafts'
import { showScene } from '../gallery/showScene'
import { fleetStore } from '../state/fleetStore'
import { screenStore } from '../views/screenStore'
import { planStore } from './planStore'

// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 60_000 })
afterEach(cleanup)

const LONG = { timeout: 20_000 }
const press = (name: string | RegExp, of: HTMLElement = document.body): void =>
  void fireEvent.click(within(of).getByRole('button', { name }))
const write = (field: HTMLElement, value: string): void => void fireEvent.change(field, { target: { value } })
const editor = (): HTMLElement => screen.getByRole('region', { name: /^(Plan |New plan)/ })
const track = (at: number): HTMLElement => screen.getByRole('region', { name: new RegExp(`^Track ${at}:`) })
const preview = (): HTMLElement => screen.getByRole('region', { name: 'Preview' })
const saves = (acts: readonly string[]): PlanDraft[] =>
  acts
    .filter(line => line.startsWith('save plan '))
    .map(line => JSON.parse(line.slice('save plan '.length, line.lastIndexOf(' '))) as PlanDraft)

const FINE: PlanPreview = previewOf(WALK, WALK_NODES)

describe('the plan editor', () => {
  test('makes a plan of two tracks, one after the other, and saves what was typed', async () => {
    const asked = showScene('plan-new', { checkPlan: async () => FINE })
    const text = (name: string, of: HTMLElement): HTMLElement => within(of).getByRole('textbox', { name })
    expect(document.activeElement?.textContent).toBe('New plan')
    write(screen.getAllByRole('textbox', { name: 'Name' })[0]!, 'walk')
    write(text('Command', track(1)), 'python3 features.py')
    press('Add track')
    await waitFor(() => expect(document.activeElement).toBe(text('Name', track(2))), LONG)
    write(text('Name', track(2)), 'train')
    write(text('Command', track(2)), 'python3 train.py')
    write(text('Workers a node', track(2)), '2')
    fireEvent.click(within(track(2)).getByRole('button', { name: 'main', pressed: false }))
    press('Add variable', track(2))
    write(within(track(2)).getByRole('textbox', { name: 'Name of variable 1' }), 'FOLD')
    write(within(track(2)).getByRole('textbox', { name: 'Value of variable 1' }), '{{worker}}')
    press('Needs', track(2))
    write(text('RAM (GiB)', track(2)), '1–2')
    press('Save', editor())
    await waitFor(() => expect(saves(asked.acts)).toHaveLength(1), LONG)
    const [saved] = saves(asked.acts)
    expect(asked.acts.at(-1)).toMatch(/ null$/)
    expect(saved?.name).toBe('walk')
    expect(saved?.tracks.map(({ name, command, workers, after }) => [name, command, workers, after])).toEqual(
      [
        ['main', 'python3 features.py', 1, []],
        ['train', 'python3 train.py', 2, ['main']],
      ],
    )
    expect([saved?.tracks[1]?.env, saved?.tracks[1]?.needs.memGiB]).toEqual([
      [{ name: 'FOLD', value: '{{worker}}' }],
      [1, 2],
    ])
    await waitFor(() => expect(screenStore.getState().editedPlan).toBe('walk'), LONG)
    expect(screen.getByRole('status', { name: 'Plan news' }).textContent).toBe('walk is saved in fleet.yaml.')
  })

  test('shows the order, what nodes are asked for in words, and every worker with its secrets masked', async () => {
    showScene('plan')
    const order = within(preview()).getByRole('list', { name: 'Order of the tracks' })
    expect(
      within(order)
        .getAllByRole('listitem')
        .map(item => item.textContent),
    ).toEqual([
      '1featuresat once',
      '2trainbaselineonce step 1 has succeeded',
      '3reportonce step 2 has succeeded',
    ])
    expect(within(preview()).getByText('It asks for more than pc2 and hp-server have free.')).toBeDefined()
    const pc2 = within(preview()).getByRole('row', { name: /^pc2/ })
    expect(pc2.textContent).toContain('2 GPUs · 1 freetoo much')
    press(/^train-1/, preview())
    expect(within(preview()).getByText('python3 train.py --fold 1 --of 2')).toBeDefined()
    expect(within(preview()).getAllByText('••••')).toHaveLength(2)
  })

  test('ties each problem to its field, counts them, and leads to the first on Save and to each by its link', async () => {
    const asked = showScene('plan-problems')
    const name = (): HTMLElement => screen.getAllByRole('textbox', { name: 'Name' })[0]!
    expect([name().getAttribute('aria-invalid'), described(name())]).toEqual([
      'true',
      'A name has no blanks. Write walk-forward.',
    ])
    expect(screen.getByRole('status', { name: 'Preview summary' }).textContent).toBe('8 problems to solve')
    expect(described(within(track(1)).getByRole('group', { name: 'Starts after' }))).toBe(
      'There is no track features. Choose another, or none.',
    )
    press('Save', editor())
    await waitFor(() => expect(document.activeElement).toBe(name()), LONG)
    expect(saves(asked.acts)).toEqual([])
    press(/^1 ?train/, track(1))
    expect(within(track(1)).queryByRole('textbox', { name: 'Command' })).toBeNull()
    press(/Track 1 · Command/, preview())
    await waitFor(
      () => expect(document.activeElement).toBe(within(track(1)).getByRole('textbox', { name: 'Command' })),
      LONG,
    )
    press(/Track 1 · Grace/, preview())
    await waitFor(() => expect((document.activeElement as HTMLInputElement).value).toBe('soon'), LONG)
  })

  test('says nothing of empty fields of a new plan until it is saved', async () => {
    showScene('plan-new')
    const name = screen.getAllByRole('textbox', { name: 'Name' })[0]!
    expect(name.getAttribute('aria-invalid')).toBeNull()
    expect(screen.getByRole('status', { name: 'Preview summary' }).textContent).toBe('2 fields to fill in')
    press('Save', editor())
    await waitFor(() => expect(document.activeElement).toBe(name), LONG)
    expect(described(name)).toBe('The plan has no name. Give it one.')
  })

  test('moves tracks by keys and buttons, tells where to, and the keyboard stays', async () => {
    showScene('plan')
    const head = (name: string): HTMLElement =>
      screen.getByRole('button', { name: new RegExp(`^\\d${name}`) })
    act(() => head('train').focus())
    fireEvent.keyDown(head('train'), { key: 'ArrowUp', altKey: true })
    expect(names()).toEqual(['train', 'features', 'baseline', 'report'])
    expect(screen.getByRole('status', { name: 'Plan news' }).textContent).toBe('train is track 1 of 4.')
    await waitFor(() => expect(document.activeElement).toBe(head('train')), LONG)
    press('Move train down')
    press('Remove report')
    expect(names()).toEqual(['features', 'train', 'baseline'])
    press('Revert', editor())
    expect(names()).toEqual(['features', 'train', 'baseline', 'report'])
  })

  test('asks before changes are thrown away, and keeps them over a switch of screens', async () => {
    showScene('plan')
    write(within(track(2)).getByRole('textbox', { name: 'Workers a node' }), '5')
    fireEvent.click(screen.getByRole('link', { name: 'Fleet' }))
    expect(screen.queryByRole('region', { name: /^Plan / })).toBeNull()
    act(() => screenStore.setState({ screen: 'plan' }))
    expect(within(track(2)).getByRole<HTMLInputElement>('textbox', { name: 'Workers a node' }).value).toBe(
      '5',
    )
    fireEvent.keyDown(screen.getByRole('heading', { level: 1 }), { key: 'Escape' })
    const question = await screen.findByRole('alertdialog', { name: 'Unsaved changes' }, LONG)
    press('Keep editing', question)
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull(), LONG)
    press('Back to the runs (Escape)')
    press('Discard changes', await screen.findByRole('alertdialog', { name: 'Unsaved changes' }, LONG))
    await waitFor(() => expect(screenStore.getState().screen).toBe('runs'), LONG)
    expect(planStore.getState().edits).toEqual({})
  })

  test('leaves at once when nothing is changed, and says why a save was refused', async () => {
    const asked = showScene('plan-changed')
    asked.failure = Object.assign(new Error('A run of it is going on.'), { data: { hint: 'Stop it first.' } })
    press('Save', editor())
    expect((await within(editor()).findByRole('alert', {}, LONG)).textContent).toBe(
      'A run of it is going on.Stop it first.',
    )
    press('Revert', editor())
    press('Back to the runs (Escape)')
    expect(screenStore.getState().screen).toBe('runs')
  })

  test('takes a secret’s value once, says where it is kept, and keeps nothing of it', async () => {
    const asked = showScene('plan')
    press('Set value of WANDB_API_KEY', track(2))
    expect(
      await within(track(2)).findByText(/^It is kept in the keychain of this computer/, {}, LONG),
    ).toBeDefined()
    const field = within(track(2)).getByLabelText('Value of WANDB_API_KEY')
    write(field, 'sesame')
    press('Keep value', track(2))
    await waitFor(() => expect(asked.acts).toContain('set secret "WANDB_API_KEY" "sesame"'), LONG)
    await waitFor(() => expect(within(track(2)).queryByText('no value yet')).toBeNull(), LONG)
    expect(within(track(2)).getAllByText('value set')).toHaveLength(2)
    expect(JSON.stringify(planStore.getState())).not.toContain('sesame')
    expect(document.body.innerHTML).not.toContain('sesame')
  })

  test('whose plan is gone from the file can become a new plan', async () => {
    const gone = { path: ['name'], message: 'There is no plan tft-walk-forward any more.', fix: '' }
    const asked = showScene('plan', {
      checkPlan: async (_, replaces) => (replaces === null ? FINE : { ...FINE, problems: [gone] }),
    })
    act(() => fleetStore.setState(({ plans }) => ({ plans: plans.filter(({ name }) => name !== WALK.name) })))
    await waitFor(() => press('Make it a new plan', editor()), LONG)
    press('Save', editor())
    await waitFor(() => expect(saves(asked.acts)).toEqual([WALK]), LONG)
    expect(asked.acts.at(-1)).toMatch(/ null$/)
  })

  test('a plan that cannot be read says so, with a way to try again and a way back', async () => {
    showScene('plan-gone')
    expect((await screen.findByRole('alert', {}, LONG)).textContent).toContain(
      'There is no plan called kelly.',
    )
    press('Back to the runs')
    expect(screenStore.getState().screen).toBe('runs')
  })
})

const names = (): readonly string[] =>
  Object.values(planStore.getState().edits)[0]?.draft.tracks.map(({ name }) => name) ?? []

const described = (field: HTMLElement): string =>
  (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map(id => document.getElementById(id)?.textContent ?? '')
    .join(' ')
