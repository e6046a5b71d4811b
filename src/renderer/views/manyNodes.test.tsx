// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { showScene } from '../gallery/showScene'
import { applyBatch, fleetStore } from '../state/fleetStore'
import { fleetLook } from './fleetLook'
import { screenStore } from './screenStore'

beforeEach(() => vi.stubGlobal('ResizeObserver', NoResize))
afterEach(cleanup)
// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 60_000 })

class NoResize {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

const names = (): (string | null)[] =>
  screen.queryAllByRole('region', { name: /^node-\d+$/ }).map(region => region.getAttribute('aria-label'))
const chip = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })

describe('chips and words', () => {
  test('narrow the nodes down without changing their order, and say how many are left', () => {
    showScene('fleet-50')
    fireEvent.click(chip('Needs attention 4'))
    expect(names()).toEqual(['node-02', 'node-08', 'node-20', 'node-34'])
    fireEvent.click(chip('gpu 40'))
    expect(names()).toEqual(['node-02', 'node-08', 'node-34'])
    fireEvent.change(screen.getByRole('searchbox', { name: 'Filter nodes' }), { target: { value: '34' } })
    expect(names()).toEqual(['node-34'])
    expect(screen.getByText('1 of 50 nodes')).toBeDefined()
    fireEvent.click(chip('All 50'))
    expect(names()).toHaveLength(50)
  })

  test('offer the states of links that are not online, and a way back when nothing is left', () => {
    showScene('fleet-50-rack-gone')
    fireEvent.click(chip('Unreachable 25'))
    expect(names()).toHaveLength(25)
    fireEvent.change(screen.getByRole('searchbox', { name: 'Filter nodes' }), {
      target: { value: 'nothing' },
    })
    expect(names()).toEqual([])
    fireEvent.click(chip('Show all'))
    expect(names()).toHaveLength(50)
  })

  test('have the keyboard by a slash, unless it is a letter of something else', () => {
    showScene('fleet-50')
    const field = screen.getByRole('searchbox', { name: 'Filter nodes' })
    fireEvent.keyDown(screen.getByRole('region', { name: 'node-03' }), { key: '/' })
    expect(document.activeElement).toBe(field)
    field.blur()
    fireEvent.keyDown(screen.getByRole('combobox', { name: 'Group nodes' }), { key: '/' })
    expect(document.activeElement).not.toBe(field)
  })
})

describe('groups', () => {
  test('have totals, and fold', () => {
    showScene('fleet-50-groups')
    expect(names()).toHaveLength(40)
    const cpu = screen.getByRole('button', { name: 'cpu' })
    expect(cpu.getAttribute('aria-expanded')).toBe('false')
    expect(cpu.parentElement?.textContent).toMatch(/^cpu10\/10 onlineCPU \d+\u2009%/)
    const gpu = screen.getByRole('button', { name: 'gpu' }).parentElement
    expect(gpu?.textContent).toMatch(
      /^gpu39\/40 onlineCPU \d+\u2009%GPU \d+\u2009%VRAM [\d.]+\/[\d.]+\u2009\w+80 workers$/,
    )
    fireEvent.click(cpu)
    expect(names()).toHaveLength(50)
  })
})

test('a row that is not online tells its link, how old its values are, and reconnects', () => {
  const asked = showScene('fleet-50')
  const row = screen.getByRole('region', { name: 'node-08' })
  expect(within(row).getByRole('status', { name: 'node-08 link' }).textContent).toBe(
    'Unreachable for 2\u2009min, next try in 8\u2009s',
  )
  expect(within(row).getByText('2 min ago')).toBeDefined()
  expect(within(row).getByRole('meter', { name: 'node-08 CPU' }).getAttribute('aria-valuetext')).toMatch(
    /2\u2009min ago$/,
  )
  fireEvent.click(within(row).getByRole('button', { name: 'Reconnect now' }))
  expect(asked.acts).toEqual(['reconnect "node-08"'])
})

test('a card that is not online keeps its values under the sentence, with their age', () => {
  showScene('offline')
  const card = screen.getByRole('region', { name: 'pc2' })
  expect(within(card).getByText('values 2 min ago')).toBeDefined()
  expect(within(card).getByRole('meter', { name: 'pc2 CPU' }).getAttribute('aria-valuenow')).toBe('6')
})

test('gauges that stopped while the link is online say since when', () => {
  showScene('fleet-50-stale')
  const row = screen.getByRole('region', { name: 'node-05' })
  expect(within(row).getByText('12 s ago')).toBeDefined()
  expect(within(row).getByRole('meter', { name: 'node-05 RAM' }).closest('[data-stale]')).not.toBeNull()
})

describe('what is worth a look', () => {
  test('is a quiet mark at the node and a warning in the strip; the node keeps its usual shape', () => {
    showScene('fleet-50-notes')
    expect(screen.getByRole('alert').textContent).toBe(
      '3 need attentionnode-03 with a clock that is off · node-11 listed twice · node-30 not as plannedShow them',
    )
    expect(screen.getByRole('alert').dataset['severity']).toBe('warn')
    const row = screen.getByRole('region', { name: 'node-03' })
    expect(within(row).getByText(/^Note: Its clock is 42 s behind this PC/)).toBeDefined()
    expect(row.querySelector('.lucide-triangle-alert')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Show them' }))
    const list = screen.getByRole('region', { name: 'What needs attention' })
    expect(within(list).getAllByRole('alert')[0]?.textContent).toBe(
      'node-03: Its clock is 42 s behind this PC.Turn time synchronisation on there.',
    )
  })
})

test('many of a kind are told by their number, and reconnected with one press', () => {
  const asked = showScene('fleet-50-rack-gone')
  expect(screen.getByRole('alert').textContent).toBe(
    '25 need attention25 nodes unreachableReconnect all 25Show them',
  )
  fireEvent.click(screen.getByRole('button', { name: 'Reconnect all 25' }))
  expect(asked.acts).toHaveLength(25)
})

test('the heat strip has a cell a node with the gauge that was chosen, and goes back to rows', () => {
  showScene('fleet-50')
  fireEvent.click(screen.getByRole('button', { name: 'Heat strip' }))
  expect(names()).toHaveLength(50)
  const meters = (): (string | null)[] =>
    within(screen.getByRole('region', { name: 'node-04' }))
      .getAllByRole('meter')
      .map(meter => meter.getAttribute('aria-label'))
  expect(meters()).toEqual(['node-04 CPU'])
  fireEvent.change(screen.getByRole('combobox', { name: 'What cells show' }), { target: { value: 'VRAM' } })
  expect(meters()).toEqual(['node-04 VRAM 0'])
  expect(fleetLook.getState()).toMatchObject({ layout: 'heat', heat: 'VRAM' })
  fireEvent.click(screen.getByRole('button', { name: 'Table' }))
  expect(meters()).toHaveLength(5)
})

describe('the keyboard', () => {
  test('walks the gauges of a row and opens the node with Enter', () => {
    showScene('fleet-50')
    const row = screen.getByRole('region', { name: 'node-03' })
    row.focus()
    fireEvent.keyDown(row, { key: 'ArrowRight' })
    expect(document.activeElement?.getAttribute('aria-label')).toBe('node-03 CPU')
    fireEvent.keyDown(document.activeElement!, { key: 'ArrowLeft' })
    expect(document.activeElement).toBe(row)
    fireEvent.keyDown(row, { key: 'Enter' })
    expect(screenStore.getState()).toMatchObject({ screen: 'node', node: 'node-03' })
  })

  test('walks the cells of a heat strip, and leaves buttons alone', () => {
    showScene('fleet-50-heat')
    const cell = screen.getByRole('region', { name: 'node-03' })
    cell.focus()
    fireEvent.keyDown(cell, { key: 'ArrowRight' })
    expect(document.activeElement?.getAttribute('aria-label')).toBe('node-04')
    fireEvent.click(within(cell).getByText('node-03'))
    expect(screenStore.getState()).toMatchObject({ screen: 'node', node: 'node-03' })
  })
})

test('of a hundred rows only those near to what is seen are drawn', () => {
  showScene('fleet-100')
  expect(names().length).toBeLessThan(60)
  expect(names().slice(0, 3)).toEqual(['node-01', 'node-02', 'node-03'])
})

test('a node that falls over stays where it is', () => {
  showScene('fleet-50')
  const before = names()
  const [first] = fleetStore.getState().nodes
  if (first === undefined) throw new Error('no node')
  const link = {
    state: 'unreachable',
    sinceMs: 0,
    nextTryAtMs: null,
    message: 'No answer',
    hint: 'Wait.',
  } as const
  act(() => applyBatch([{ type: 'node', node: { ...first, link } }]))
  expect(names()).toEqual(before)
  expect(chip('Unreachable 2')).toBeDefined()
})

describe('density', () => {
  test('makes cards of few nodes low, and rows of many high', () => {
    showScene('fleet-3-compact')
    expect(screen.getByRole('region', { name: 'pc2' }).dataset['layout']).toBe('compact')
    showScene('fleet-12-comfortable')
    expect(screen.getByRole('region', { name: 'node-01' }).dataset['layout']).toBe('full')
    showScene('fleet-50-comfortable')
    expect(document.querySelector('.node-table')?.getAttribute('data-rows')).toBe('comfortable')
  })
})

test('one node with runs has its charts and its runs side by side', () => {
  showScene('fleet-1-runs')
  const beside = document.querySelector('.one-node')
  expect(beside?.querySelector('[aria-label="this-pc"]')).not.toBeNull()
  expect(within(beside as HTMLElement).getByRole('table', { name: 'Runs' })).toBeDefined()
})
