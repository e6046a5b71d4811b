// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { manySshHosts, reached, unreachable } from '../gallery/machines'
import { showScene } from '../gallery/showScene'
import { dialog, press, row, showAnswering, testOf, tick } from './addDialogBench'
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

describe('the offer', () => {
  test('is made at the first start and opens the way that was pressed', async () => {
    showScene('fleet-1')
    fireEvent.click(screen.getByRole('button', { name: 'Add by address' }))
    expect(within(dialog()).getByRole('tab', { selected: true }).textContent).toBe('By address')
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' })
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.queryByRole('heading', { name: 'Add your other machines' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Add a machine' })).toBeDefined()
  })

  test('is gone for good when it is dismissed, and the header still opens it', () => {
    showScene('fleet-1')
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
    expect(joinStore.getState().isOfferOver).toBe(true)
    fireEvent.click(screen.getByRole('button', { name: 'Add machines' }))
    expect(within(dialog()).getByRole('tab', { selected: true }).textContent).toBe('From SSH config')
  })

  test('begins with this PC, its gauges live, and can be skipped', async () => {
    showScene('fleet-1')
    fireEvent.click(screen.getByRole('button', { name: 'Add machines' }))
    expect(within(dialog()).getByRole('meter', { name: 'this-pc CPU' }).getAttribute('aria-valuenow')).toBe(
      '11',
    )
    press('Not now')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(joinStore.getState().isOfferOver).toBe(true)
  })
})

describe('picking from the SSH config', () => {
  test('lists every host with where it is, and what cannot be picked with the reason', async () => {
    showScene('add-hosts')
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    const box = (name: string) => within(dialog()).getByRole<HTMLInputElement>('checkbox', { name })
    expect([box('pc2').checked, box('pc2').disabled, row('pc2').textContent]).toEqual([
      true,
      true,
      'pc2w1@pc2.lan:22In the fleet as pc2agent and usual keys',
    ])
    expect(row('colo-1').textContent).toContain('trader@10.8.0.11:22agent and usual keys · via w1@bastion')
    expect([box('old-nas').disabled, row('old-nas').textContent]).toEqual([
      true,
      'old-nasOpenSSH cannot resolve it: line 41, bad configuration option “cipher”.',
    ])
  })

  test('picks all that the filter shows, and no more', async () => {
    showScene('add-hosts')
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    fireEvent.change(within(dialog()).getByRole('searchbox', { name: 'Filter hosts' }), {
      target: { value: 'colo' },
    })
    tick('Select all')
    expect(joinStore.getState().add.picked.map(({ key }) => key)).toEqual([
      'alias i7',
      'alias gpu-attic',
      'alias colo-1',
      'alias colo-2',
    ])
  })

  test('draws only what is in sight of two hundred, and tells how many there are', async () => {
    showScene('add-hosts-200')
    await within(dialog()).findByRole('checkbox', { name: 'rack-001' })
    const rows = within(dialog()).getAllByRole('listitem')
    expect(rows.length).toBeLessThan(40)
    expect(row('rack-001').getAttribute('aria-setsize')).toBe(String(manySshHosts(200).length))
  })

  test('says why there is nothing to pick, or why it could not be read', async () => {
    showScene('add-hosts-none')
    expect(await within(dialog()).findByText('No host is named in ~/.ssh/config')).toBeDefined()
    showScene('add-hosts-failed')
    expect((await within(dialog()).findByRole('alert')).textContent).toBe(
      '~/.ssh/config cannot be read.Give yourself the right to read it.Read it again',
    )
  })
})

describe('testing', () => {
  test('shows of each row what came of it, and stops when the dialog is closed', async () => {
    const asked = showAnswering('add-hosts', [reached(), unreachable])
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    testOf('i7')
    await waitFor(() => expect(row('i7').textContent).toContain('Reached · Ubuntu 22.04'))
    testOf('colo-1')
    await waitFor(() =>
      expect(row('colo-1').textContent).toContain(
        'Unreachable · No answer for 10 s. Check its power and its network.',
      ),
    )
    expect(asked.acts).toEqual(['test {"alias":"i7"}', 'test {"alias":"colo-1"}'])
  })

  test('gives up what is under way when the dialog is closed', async () => {
    showScene('add-hosts')
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    press('Test all')
    expect(Object.values(joinStore.getState().add.tests).map(({ at }) => at)).toEqual([
      'testing',
      'testing',
      'testing',
      'queued',
    ])
    press('Close')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(joinStore.getState().add.tests).toEqual({})
  })

  test('all can be stopped, and what was found stays', async () => {
    showAnswering('add-hosts', [reached()])
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    testOf('i7')
    await waitFor(() => expect(row('i7').textContent).toContain('Reached'))
    showScene('add-testing')
    await within(dialog()).findByRole('checkbox', { name: 'i7' })
    press('Stop testing')
    expect(joinStore.getState().add.tests).toMatchObject({ 'alias i7': { at: 'done' } })
    expect(Object.keys(joinStore.getState().add.tests)).toEqual(['alias i7'])
  })
})
