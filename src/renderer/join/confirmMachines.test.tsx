// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { NodeName } from '../../contract/ids'
import { LISTED, reached, unknownKey } from '../gallery/machines'
import { showScene } from '../gallery/showScene'
import { button, dialog, machine, press, reason, row, showAnswering, tick, write } from './addDialogBench'
import { joinStore } from './joinStore'

// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 60_000 })
/** jsdom lays nothing out: a list of some ten rows. */
beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(480)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(900)
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(48)
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('by address', () => {
  test('is checked as it is typed, and tested by Enter', async () => {
    const asked = showAnswering('add-address-wrong', [reached()])
    expect(within(dialog()).getByRole('textbox', { name: 'Address' }).getAttribute('aria-invalid')).toBe(
      'true',
    )
    expect(within(dialog()).getByText('A port is a number from 1 to 65535.')).toBeDefined()
    expect([reason('Test'), reason('Next')]).toEqual([
      'Correct what is marked first.',
      'Correct the address first, or empty its field.',
    ])
    write('Address', 'w1@192.168.1.50:2222')
    write('Key file', '~/.ssh/attic')
    write('Jump hosts', '')
    fireEvent.keyDown(within(dialog()).getByRole('textbox', { name: 'Key file' }), { key: 'Enter' })
    await waitFor(() => expect(row('w1@192.168.1.50:2222').textContent).toContain('Reached'))
    expect(asked.acts).toEqual([
      'test {"host":"192.168.1.50","port":2222,"user":"w1","identityFile":"~/.ssh/attic","jump":[]}',
    ])
    expect(joinStore.getState().add.picked).toHaveLength(1)
  })

  test('says that a machine is in the fleet already', () => {
    showScene('add-address-wrong')
    write('Address', 'w1@pc2.lan')
    write('Key file', '')
    write('Jump hosts', '')
    expect(reason('Test')).toBe('pc2 of the fleet has this address.')
  })
})

describe('a pasted list', () => {
  test('marks what cannot be read and lets the rest be picked', async () => {
    const asked = showScene('add-list')
    tick('Select all')
    tick('Select all')
    expect(joinStore.getState().add.picked).toHaveLength(2)
    expect(row('Line 3').textContent).toBe(`Line 3w1@192.168.1.42:99999${LISTED[2]?.problem ?? ''}`)
    expect(row('pc2-again').textContent).toContain('In the fleet as pc2')
    expect(asked.acts).toEqual([])
  })
})

describe('keys and names', () => {
  const FINGERPRINT = 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A'

  test('asks about each unknown key by itself; a trusted machine is tested again', async () => {
    const asked = showAnswering('add-keys', [reached()])
    const attic = machine('gpu-attic')
    expect(within(attic).getByText(FINGERPRINT)).toBeDefined()
    expect(within(dialog()).getByText('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).toBeDefined()
    expect(within(dialog()).getAllByRole('button', { name: 'Trust this key' })).toHaveLength(1)
    fireEvent.click(within(attic).getByRole('button', { name: 'Trust this key' }))
    await waitFor(() => expect(machine('gpu-attic').textContent).toContain('Reached'))
    expect(asked.acts).toEqual([
      `trust machine {"alias":"gpu-attic"} "${FINGERPRINT}"`,
      'test {"alias":"gpu-attic"}',
    ])
  })

  test('a refused key leaves its machine out, until somebody decides again', () => {
    const asked = showScene('add-keys')
    press('Refuse')
    expect(machine('gpu-attic').textContent).toContain('Refused: it is not added')
    expect(button('Add 2 machines')).toBeDefined()
    press('Decide again')
    expect(button('Add 3 machines')).toBeDefined()
    expect(asked.acts).toEqual([])
  })

  test('a changed key shows both and can not be trusted', () => {
    showScene('add-keys')
    const colo = machine('colo-1')
    expect(within(colo).getByRole('alert').textContent).toContain(
      'SHA256:Xo8yPj2nUe4sR6A9kVY0cQmT0mLw5iQ9ZbDqk1mHf3v',
    )
    expect(within(colo).queryByRole('button', { name: /trust/i })).toBeNull()
  })

  test('names are unique, and whoever is in the fleet is pointed out and can be left out', () => {
    const asked = showScene('add-names')
    expect(reason('Add 3 machines')).toBe('There is a hp-server already. Names are unique.')
    expect(machine('gpu-attic').textContent).toContain('this is pc2 already')
    tick('Add gpu-attic')
    fireEvent.change(within(machine('colo-2')).getByRole('textbox', { name: 'Name' }), {
      target: { value: 'colo' },
    })
    fireEvent.click(within(machine('i7')).getByRole('button', { name: 'Add role gpu to i7' }))
    const roles = within(machine('i7')).getByRole('textbox', { name: 'Roles' })
    fireEvent.change(roles, { target: { value: 'attic' } })
    fireEvent.keyDown(roles, { key: 'Enter' })
    press('Add 2 machines')
    expect(asked.acts).toEqual([
      'add [{"name":"i7","ssh":{"alias":"i7"},"roles":["gpu","attic"]},' +
        '{"name":"colo","ssh":{"alias":"colo-2"},"roles":["gpu","rack-b"]}]',
    ])
  })

  test('what was not tested is tested on the way, and a key that turns up is asked about', async () => {
    showAnswering('add-hosts', [unknownKey('192.168.1.20:22'), reached({ sameAs: 'pc2' as NodeName })])
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    press('Next')
    expect(await within(dialog()).findByText('Key of 192.168.1.20:22')).toBeDefined()
    await waitFor(() => expect(machine('gpu-attic').textContent).toContain('this is pc2 already'))
    tick('Add gpu-attic')
    expect(button('Add 1 machine')).toBeDefined()
  })

  test('closes when they are added, and begins anew the next time', async () => {
    showScene('add-names')
    fireEvent.change(within(machine('colo-2')).getByRole('textbox', { name: 'Name' }), {
      target: { value: 'colo' },
    })
    await act(async () => press('Add 3 machines'))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(joinStore.getState().add.picked).toEqual([])
  })

  test('a refusal of the engine is shown where it was asked for, and nothing is lost', async () => {
    const asked = showScene('add-keys')
    asked.failure = Object.assign(new Error('This is not built yet.'), { data: { hint: null } })
    press('Add 3 machines')
    expect(await within(dialog()).findByText('This is not built yet.')).toBeDefined()
    expect(joinStore.getState().add.picked).toHaveLength(3)
    expect(button('Add 3 machines').getAttribute('aria-disabled')).toBeNull()
  })
})
