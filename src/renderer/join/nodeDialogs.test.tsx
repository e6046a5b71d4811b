// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { NodeView } from '../../contract/nodes'
import { NOW_MS } from '../gallery/builders'
import { showScene } from '../gallery/showScene'
import { fleetStore } from '../state/fleetStore'
import { joinStore } from './joinStore'

// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 60_000 })
// What the page has and the test's page lacks.
beforeEach(() => vi.stubGlobal('CSS', { escape: (text: string) => text }))
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const login = (): HTMLElement => screen.getByRole('dialog', { name: 'Log in to pc2' })
const field = (name: string): HTMLInputElement => within(login()).getByLabelText(name)
const press = (name: string, of: HTMLElement = login()): void =>
  void fireEvent.click(within(of).getByRole('button', { name }))
const type = (name: string, value: string): void => void fireEvent.change(field(name), { target: { value } })
const escape = (): void => void fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' })

/** What the engine would tell of the link to the second node. */
const link = (next: NodeView['link']): void =>
  act(() =>
    fleetStore.setState(({ nodes }) => ({
      nodes: nodes.map(node => (node.name === 'pc2' ? { ...node, link: next } : node)),
    })),
  )

describe('logging in with a key', () => {
  const PASSWORD = 'correct horse battery'

  test('is offered on the card and in the list of what is wrong, and never by itself', async () => {
    showScene('login-refused')
    expect(screen.queryByRole('dialog')).toBeNull()
    const card = screen.getByRole('region', { name: 'pc2' })
    expect(screen.getAllByRole('button', { name: 'Log in…' })).toHaveLength(2)
    press('Log in…', card)
    expect(login()).toBeDefined()
    escape()
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    press('Log in…', screen.getAllByRole('alert')[0])
    expect(login()).toBeDefined()
  })

  test('installs the picked key with a password that is typed once, and shows the proof', async () => {
    const asked = showScene('login-key')
    await within(login()).findByRole('radio', { name: /drydock_ed25519/ })
    fireEvent.click(within(login()).getByRole('radio', { name: /^\/home\/w1\/\.ssh\/id_ed25519/ }))
    type('Password on pc2', PASSWORD)
    press('Install the key')
    expect(asked.acts).toEqual([
      `install {"node":"pc2","key":"/home/w1/.ssh/id_ed25519","password":"${PASSWORD}"}`,
    ])
    expect(await within(login()).findByText('The key works; the password was not kept.')).toBeDefined()
    expect(JSON.stringify(joinStore.getState())).not.toContain(PASSWORD)
    expect(document.body.innerHTML).not.toContain(PASSWORD)
  })

  test('empties the field at once, and says why it was refused', async () => {
    const asked = showScene('login-key')
    await within(login()).findByRole('radio', { name: /drydock_ed25519/ })
    asked.failure = Object.assign(new Error('The password was refused.'), {
      data: { hint: 'Nothing was changed on pc2.' },
    })
    type('Password on pc2', PASSWORD)
    fireEvent.keyDown(field('Password on pc2'), { key: 'Enter' })
    expect(field('Password on pc2').value).toBe('')
    expect((await within(login()).findByRole('alert')).textContent).toBe(
      'The password was refused.Nothing was changed on pc2.',
    )
    expect(
      within(login()).getByRole('button', { name: 'Install the key' }).getAttribute('aria-disabled'),
    ).toBe('true')
  })

  test('offers nothing that would keep the password: no form, no autocompletion', () => {
    showScene('login-key')
    const password = field('Password on pc2')
    expect([password.type, password.autocomplete, password.form]).toEqual(['password', 'off', null])
    password.value = PASSWORD
    press('Cancel')
    expect(password.value).toBe('')
  })

  test('without a password names what to type', async () => {
    showScene('login-key-by-hand')
    expect(
      await within(login()).findByText('cat /home/w1/.local/share/drydock/keys/drydock_ed25519.pub'),
    ).toBeDefined()
    expect(within(login()).queryByLabelText('Password on pc2')).toBeNull()
  })

  test('makes a key where there is none', async () => {
    showScene('login-key-none')
    expect(await within(login()).findByText('There is no key in ~/.ssh yet. Make one.')).toBeDefined()
    expect(within(login()).getByRole('button', { name: 'Make a key' })).toBeDefined()
  })
})

describe('the passphrase of a key', () => {
  test('goes to the keychain only where there is one and somebody wants it', async () => {
    const asked = showScene('login-passphrase')
    fireEvent.click(await within(login()).findByRole('checkbox', { name: /^Keep it in the keychain/ }))
    type('Passphrase', 'sesame')
    press('Unlock and connect')
    expect(asked.acts).toEqual([
      'unlock {"node":"pc2","path":"/home/w1/.ssh/id_ed25519","passphrase":"sesame","isKept":true}',
    ])
    showScene('login-passphrase-memory')
    expect(await within(login()).findByText(/^It is kept in memory until Drydock ends/)).toBeDefined()
    expect(within(login()).queryByRole('checkbox')).toBeNull()
  })

  test('that is wrong is said, with what the link says', async () => {
    showScene('login-passphrase')
    type('Passphrase', 'wrong')
    await act(async () => press('Unlock and connect'))
    link({
      state: 'blocked',
      sinceMs: NOW_MS,
      reason: {
        kind: 'passphrase',
        path: '/home/w1/.ssh/id_ed25519',
        message: 'That passphrase does not open the key',
        hint: 'Type it again.',
      },
    })
    expect(within(login()).getByRole('alert').textContent).toBe('That passphrase does not open the key.')
    expect(field('Passphrase').value).toBe('')
  })

  test('that is right ends with the node online', async () => {
    showScene('login-passphrase')
    type('Passphrase', 'sesame')
    await act(async () => press('Unlock and connect'))
    // The link has not said anything yet: no alarm.
    expect(within(login()).queryByRole('alert')).toBeNull()
    expect(within(login()).getByText('Connecting to pc2…')).toBeDefined()
    link({ state: 'connecting', sinceMs: NOW_MS })
    expect(within(login()).getByText('Connecting to pc2…')).toBeDefined()
    link({ state: 'online', sinceMs: NOW_MS })
    expect(within(login()).getByText('pc2 is online.')).toBeDefined()
    expect(document.activeElement?.textContent).toBe('Done')
    press('Done')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  })
})

test('what a server asks is answered once, in its order; only secrets are hidden', () => {
  const asked = showScene('login-question')
  expect(within(login()).getByText('pc2 asks: Two-factor login of colo.example.net.')).toBeDefined()
  expect([field('Password').type, field('One-time code').type]).toEqual(['password', 'text'])
  type('Password', 'sesame')
  type('One-time code', '123456')
  press('Answer')
  expect(asked.acts).toEqual(['answer "pc2" ["sesame","123456"]'])
  expect(JSON.stringify(joinStore.getState())).not.toContain('sesame')
})

describe('editing a node', () => {
  const dialog = (): HTMLElement => screen.getByRole('dialog', { name: 'Edit pc2' })
  const write = (name: string, value: string): void =>
    void fireEvent.change(within(dialog()).getByRole('textbox', { name }), { target: { value } })
  const choose = async (item: string): Promise<void> => {
    fireEvent.click(screen.getByRole('button', { name: 'More for pc2' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: new RegExp(`^${item}`) }))
  }

  test('tells the engine what was changed and nothing else, and can be taken back', async () => {
    const asked = showScene('fleet-3')
    await choose('Edit…')
    write('Name', 'attic')
    press('Remove role gpu of attic', dialog())
    await act(async () => press('Save', dialog()))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    const told = screen.getByRole('status', { name: 'Last change' })
    expect(told.textContent).toBe('attic was changed.')
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    expect(asked.acts).toEqual([
      'edit "pc2" {"name":"attic","ssh":null,"roles":["ray-worker"],"isDisabled":null}',
      'edit "attic" {"name":"pc2","ssh":null,"roles":["gpu","ray-worker"],"isDisabled":null}',
    ])
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('shows what is wrong while it is typed and why it was refused', async () => {
    const asked = showScene('edit-refused')
    expect(within(dialog()).getByRole('alert').textContent).toBe(
      'A run is on pc2, so it keeps its name.Stop the run first.',
    )
    write('Address', 'w1@pc2.lan:x')
    expect(within(dialog()).getByRole('textbox', { name: 'Address' }).getAttribute('aria-invalid')).toBe(
      'true',
    )
    press('Save', dialog())
    expect(asked.acts).toEqual([])
  })

  test('a node is disabled at once, and Undo enables it', async () => {
    const asked = showScene('fleet-3')
    await choose('Disable')
    fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(asked.acts).toEqual([
      'edit "pc2" {"name":null,"ssh":null,"roles":null,"isDisabled":true}',
      'edit "pc2" {"name":null,"ssh":null,"roles":null,"isDisabled":false}',
    ])
  })

  test('it moves by menu and by keys, tells its place, and stops at the ends', async () => {
    const asked = showScene('fleet-3')
    await choose('Move up')
    const card = (name: string): HTMLElement => screen.getByRole('region', { name })
    fireEvent.keyDown(card('pc2'), { key: 'ArrowDown', altKey: true })
    fireEvent.keyDown(card('this-pc'), { key: 'ArrowUp', altKey: true })
    expect(asked.acts).toEqual(['move "pc2" 0', 'move "pc2" 2'])
    await waitFor(() =>
      expect(screen.getByRole('status', { name: 'Last change' }).textContent).toBe('pc2 is at place 3 of 3.'),
    )
  })

  test('keeps the keyboard in its new place', () => {
    showScene('fleet-3')
    const card = screen.getByRole('region', { name: 'hp-server' })
    act(() => card.focus())
    fireEvent.keyDown(card, { key: 'ArrowUp', altKey: true })
    act(() => {
      // As a page does with an element that is moved in it.
      card.blur()
      fleetStore.setState(({ nodes }) => ({ nodes: [nodes[0]!, nodes[2]!, nodes[1]!] }))
    })
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'hp-server' }))
  })
})

describe('removing a node', () => {
  const dialog = (): HTMLElement => screen.getByRole('alertdialog', { name: 'Remove pc2' })

  test('names what goes and what stays, and Escape changes nothing', async () => {
    const asked = showScene('remove-node')
    expect(dialog().textContent).toContain('The records, results and logs of its runs stay in Drydock.')
    expect(dialog().textContent).toContain('Whatever lies on the machine stays there')
    escape()
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(asked.acts).toEqual([])
  })

  test('is asked of the engine, whose refusal is shown', async () => {
    const asked = showScene('remove-node')
    asked.failure = Object.assign(new Error('kelly-monte-carlo runs on pc2.'), {
      data: { hint: 'Stop it there first.' },
    })
    press('Remove', dialog())
    expect((await within(dialog()).findByRole('alert')).textContent).toBe(
      'kelly-monte-carlo runs on pc2.Stop it there first.',
    )
    asked.failure = null
    press('Remove', dialog())
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(asked.acts).toEqual(['remove "pc2"', 'remove "pc2"'])
  })
})

test('the question about a host key waits until what is being filled in is closed', async () => {
  showScene('edit-node')
  link({
    state: 'blocked',
    sinceMs: NOW_MS,
    reason: {
      kind: 'host-key-unknown',
      address: '192.168.1.11:22',
      offered: { type: 'ssh-ed25519', fingerprint: 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A' },
    },
  })
  expect(screen.queryByRole('alertdialog')).toBeNull()
  press('Cancel', screen.getByRole('dialog', { name: 'Edit pc2' }))
  expect(await screen.findByRole('alertdialog', { name: 'Unknown host key: pc2' })).toBeDefined()
})
