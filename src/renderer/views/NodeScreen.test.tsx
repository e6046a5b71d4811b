// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { showScene } from '../gallery/showScene'
import { screenStore } from './screenStore'

afterEach(cleanup)
// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 30_000 })

const rowsOf = (name: string): readonly (string | null)[] =>
  within(screen.getByRole('table', { name }))
    .getAllByRole('row')
    .map(row => row.textContent)
const place = () => {
  const { screen: open, node, nodeTab } = screenStore.getState()
  return [open, node, nodeTab]
}

describe('the way there and back', () => {
  test('Enter on a card opens its node, Escape goes back to that card', async () => {
    showScene('fleet-3')
    const card = screen.getByRole('region', { name: 'pc2' })
    card.focus()
    fireEvent.keyDown(card, { key: 'Enter' })
    expect(place()).toEqual(['node', 'pc2', 'overview'])
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'pc2', level: 1 }))
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' })
    expect(place()[0]).toBe('fleet')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('region', { name: 'pc2' })))
  })

  test('a double click opens a row, but not one on its menu; Backspace goes back', () => {
    showScene('fleet-50')
    fireEvent.doubleClick(screen.getByRole('button', { name: 'More for node-07' }))
    expect(place()[0]).toBe('fleet')
    fireEvent.doubleClick(screen.getByRole('region', { name: 'node-07' }))
    expect(place()).toEqual(['node', 'node-07', 'overview'])
    fireEvent.keyDown(document.body, { key: 'Backspace' })
    expect(place()[0]).toBe('fleet')
  })

  test('the menu leads to the details and to the diagnosis', async () => {
    showScene('fleet-3')
    fireEvent.click(screen.getByRole('button', { name: 'More for pc2' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Diagnose' }))
    expect(place()).toEqual(['node', 'pc2', 'diagnosis'])
  })

  test('keys that something else has a use for stay there', () => {
    showScene('node')
    const field = document.createElement('input')
    screen.getByRole('region', { name: 'pc2' }).append(field)
    fireEvent.keyDown(field, { key: 'Backspace' })
    const handled = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })
    handled.preventDefault()
    act(() => void document.body.dispatchEvent(handled))
    expect(place()[0]).toBe('node')
  })
})

describe('the screen of a node', () => {
  test('is its region, with its link, its gauges and a chart for each thing that it measures', () => {
    const asked = showScene('node')
    const region = within(screen.getByRole('region', { name: 'pc2' }))
    expect(region.getByRole('status', { name: 'pc2 link' }).textContent).toBe('Online · 4\u2009ms')
    expect(region.getAllByRole('meter').map(meter => meter.getAttribute('aria-label'))).toEqual([
      'pc2 CPU',
      'pc2 Load',
      'pc2 RAM',
      'pc2 Disk',
      'pc2 GPU 0',
      'pc2 VRAM 0',
      'pc2 Disk /',
      'pc2 Disk /home',
      'pc2 Disk /mnt/datasets',
    ])
    expect(region.getAllByRole('slider').map(chart => chart.getAttribute('aria-label'))).toEqual(
      ['CPU', 'RAM', 'GPU 0', 'VRAM 0', 'Disk I/O', 'Network'].map(title => `pc2 ${title}, last 5 minutes`),
    )
    fireEvent.click(region.getByRole('button', { name: 'Reconnect' }))
    expect(asked.acts).toEqual(['reconnect "pc2"'])
  })

  test('holds what was planned against what is there, in words', () => {
    showScene('node')
    expect(rowsOf('Planned against actual')).toEqual([
      'WhatPlannedActualVerdict',
      'CPU16 threads16 threadsas planned',
      'RAM64\u2009GiB32\u2009GiBdiffers',
      'GPUsRTX 3090, RTX 3090RTX 3090differs',
    ])
  })

  test('names who holds the VRAM, the greatest first, and leads to the run', () => {
    showScene('node')
    expect(rowsOf('Who holds the VRAM')).toEqual([
      'GPUProcessPidVRAMRun',
      '0python3481211.9\u2009GiBkelly-monte-carlo w1',
      '0/usr/lib/xorg/Xorg12040.1\u2009GiBnot from Drydock',
      '0/usr/bin/gnome-shell2310—not from Drydock',
    ])
    fireEvent.click(screen.getByRole('button', { name: 'kelly-monte-carlo w1' }))
    expect([screenStore.getState().screen, screenStore.getState().run]).toEqual([
      'runs',
      '20260924-134104-k7c2',
    ])
  })

  test('lists its tunnels, whose addresses can be copied', () => {
    const asked = showScene('node')
    expect(rowsOf('Tunnels').slice(1)).toEqual([
      '127.0.0.1:48265127.0.0.1:8265Ray dashboard2',
      '127.0.0.1:46379/run/redis/redis.sockRedis of the backtests0',
    ])
    fireEvent.click(screen.getByRole('button', { name: 'Copy 127.0.0.1:48265' }))
    expect(asked.acts).toEqual(['copy "127.0.0.1:48265"'])
  })

  test('says since when a lost node is not measured, keeps its last values and still offers to reconnect', () => {
    showScene('node-offline')
    const region = within(screen.getByRole('region', { name: 'pc2' }))
    expect(region.getByText(/^Lost 2.min ago · last values below$/)).toBeDefined()
    expect(region.getByRole('meter', { name: 'pc2 CPU' }).getAttribute('aria-valuenow')).toBe('6')
    expect(region.getByRole('status', { name: 'pc2 link' }).textContent).toBe(
      'Unreachable for 2\u2009min, next try in 8\u2009s',
    )
  })

  test('of a node that was never measured has words and no zeros', () => {
    showScene('node-new')
    const region = within(screen.getByRole('region', { name: 'new-pc' }))
    expect(region.getByText('Not measured yet')).toBeDefined()
    expect(region.queryAllByRole('slider')).toEqual([])
    expect(region.getByRole('img', { name: /^new-pc CPU, last 5 minutes: No reading/ })).toBeDefined()
    expect(region.getAllByText('Not read yet')).toHaveLength(1)
    expect(region.queryByText(/\b0\s*%/)).toBe(null)
  })

  test('says so when the node is not in the fleet any more', () => {
    showScene('node-gone')
    expect(screen.getByText('There is no node called pc9')).toBeDefined()
    fireEvent.click(screen.getByRole('button', { name: 'Back to the fleet' }))
    expect(place()[0]).toBe('fleet')
  })
})

describe('a chart', () => {
  const chart = (title: string) => screen.getByRole('slider', { name: new RegExp(`^pc2 ${title},`) })
  const spoken = (title: string) => chart(title).getAttribute('aria-valuetext')

  test('is read with the arrow keys, and told as a whole by lowest, mean and highest', () => {
    showScene('node')
    expect(spoken('CPU')).toBe('14:02:11 UTC, 6 percent')
    fireEvent.keyDown(chart('CPU'), { key: 'Home' })
    expect(spoken('CPU')).toMatch(/^13:57:12 UTC, \d+ percent$/)
    fireEvent.keyDown(chart('CPU'), { key: 'PageDown' })
    fireEvent.keyDown(chart('CPU'), { key: 'ArrowLeft' })
    expect(spoken('CPU')).toMatch(/^13:57:21 UTC, \d+ percent$/)
    fireEvent.keyDown(chart('CPU'), { key: 'End' })
    expect(spoken('CPU')).toBe('14:02:11 UTC, 6 percent')
    const summary = document.querySelector(`[id="${chart('CPU').getAttribute('aria-describedby')}"]`)
    expect(summary?.textContent).toMatch(/^lowest \d+\u2009% · mean \d+\u2009% · highest \d+\u2009%$/)
    expect(spoken('Network')).toMatch(
      /^14:02:1\d UTC, received [\d.]+\u2009[KM]iB\/s, sent [\d.]+\u2009[KM]iB\/s$/,
    )
  })

  test('goes over an hour and a day with what the engine remembers, its gaps included', async () => {
    showScene('node')
    fireEvent.click(screen.getByRole('button', { name: '24 hours' }))
    const day = await screen.findByRole('slider', { name: 'pc2 CPU, last 24 hours' })
    expect(day.getAttribute('aria-valuemax')).toBe('719')
    fireEvent.keyDown(day, { key: 'Home' })
    for (let page = 0; page < 35; page += 1) fireEvent.keyDown(day, { key: 'PageDown' })
    expect(day.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d:\d\d UTC, not reported$/)
  })

  test('says that it is being read, and why it could not be', async () => {
    showScene('node-reading')
    expect(screen.getAllByText('Reading…').length).toBeGreaterThan(0)
    showScene('node-history-failed')
    const alert = await screen.findByText('drydock.db cannot be read.')
    expect(alert.closest('[role="alert"]')?.textContent).toContain('Look at the disk of this PC.')
  })
})

describe('the diagnosis', () => {
  const result = () => screen.getByRole('status', { name: 'Diagnosis result' }).textContent

  test('lists by groups what was looked at, with verdict, measure, wish and fix', async () => {
    const asked = showScene('node-diagnosis')
    await waitFor(() => expect(result()).toBe('1 FAIL · 2 WARN · 8 PASS · 1 SKIP at 14:02:11 UTC'))
    const rows = rowsOf('Diagnosis of pc2')
    expect(rows.slice(0, 3)).toEqual([
      'VerdictWhatMeasuredWantedTook',
      'Connection',
      'PASSSSH portpc2.lan:22 answers in 4.1 mswithin 2 s4\u2009ms',
    ])
    expect(rows).toHaveLength(1 + 5 + 12)
    fireEvent.click(screen.getByRole('button', { name: 'Copy the fix of NVIDIA driver' }))
    expect(asked.acts).toEqual(['copy "sudo reboot"'])
  })

  test('can be taken along as Markdown and as JSON', async () => {
    const asked = showScene('node-diagnosis')
    await waitFor(() => expect(result()).toContain('FAIL'))
    fireEvent.click(screen.getByRole('button', { name: 'Copy as Markdown' }))
    fireEvent.click(screen.getByRole('button', { name: 'Save as JSON' }))
    expect(asked.acts[0]).toContain('copy "# Diagnosis of pc2')
    expect(asked.acts[1]).toContain('save "diagnosis-pc2-20260924-140211.json"')
  })

  test('shows what is known so far, and cannot be asked for twice at once', async () => {
    showScene('node-diagnosis-running')
    await waitFor(() => expect(screen.getAllByText('Looking')).toHaveLength(7))
    expect(result()).toBe('Looking at 12 things…')
    expect(screen.getByRole('button', { name: 'Run again' }).getAttribute('aria-disabled')).toBe('true')
  })

  test('that fails says why, and can be run again', async () => {
    showScene('node-diagnosis-failed')
    const alert = await screen.findByText('pc2 is being diagnosed already.')
    expect(alert.closest('[role="alert"]')?.textContent).toContain('Wait for the other diagnosis to end.')
    expect(result()).toBe('Nothing was seen')
    expect(screen.getByRole('button', { name: 'Run again' }).getAttribute('aria-disabled')).toBe(null)
  })
})
