// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Run } from '../../contract/runs'
import { createLogBench } from './logTestBench'
import { linesFrom } from '../state/scriptedLogEngine'
import { LogPanel } from './LogPanel'

let bench: ReturnType<typeof createLogBench>

/** jsdom lays nothing out: a panel of ten rows. */
beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(200)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(900)
})
afterEach(() => {
  cleanup()
  bench.store.close()
})

async function show(runs?: readonly Run[]): Promise<void> {
  bench = createLogBench(runs)
  render(<LogPanel store={bench.store} layout="dock" />)
  await act(async () => bench.engine.settle())
  frame()
}
const print = (worker: number, texts: readonly string[], firstLine?: number) =>
  act(async () => bench.print(worker, texts, firstLine))
const frame = (): void => act(() => bench.drawFrame())

const log = () => screen.getByRole('log', { name: 'Logs' })
const lines = (): (string | null)[] => [...log().querySelectorAll('.log-text')].map(line => line.textContent)
const filter = () => screen.getByRole('searchbox', { name: 'Filter logs' })
const follow = () => screen.getByRole('switch', { name: 'Follow' })

describe('finding in the log panel', () => {
  it('highlights without filtering, and goes from match to match, round at the ends', async () => {
    await show()
    await print(1, ['alpha 1', 'beta', 'alpha 2', 'gamma'])
    fireEvent.click(screen.getByRole('switch', { name: 'Only matches' }))
    fireEvent.change(filter(), { target: { value: 'alpha' } })
    frame()
    expect([lines().length, screen.getByText('0/2')]).toEqual([4, expect.anything()])
    expect(within(log()).getAllByText('alpha')).toHaveLength(2)
    const current = () => log().querySelector('[data-current] .log-text')?.textContent
    fireEvent.keyDown(filter(), { key: 'Enter' })
    frame()
    expect([current(), screen.queryByText('1/2') !== null, follow().getAttribute('aria-checked')]).toEqual([
      'alpha 1',
      true,
      'false',
    ])
    log().focus()
    fireEvent.keyDown(log(), { key: 'F3' })
    frame()
    expect([current(), screen.queryByText('2/2') !== null]).toEqual(['alpha 2', true])
    fireEvent.keyDown(log(), { key: 'F3' })
    frame()
    expect(current()).toBe('alpha 1')
    fireEvent.keyDown(filter(), { key: 'Enter', shiftKey: true })
    frame()
    expect(current()).toBe('alpha 2')
    fireEvent.click(screen.getByRole('switch', { name: 'Highlight' }))
    expect(log().querySelector('mark')).toBe(null)
  })

  it('minds the case when asked', async () => {
    await show()
    await print(1, ['alpha', 'ALPHA'])
    fireEvent.change(filter(), { target: { value: 'ALPHA' } })
    fireEvent.click(screen.getByRole('button', { name: 'Match case' }))
    frame()
    expect(lines()).toEqual(['ALPHA'])
  })

  it('leaves out what is below a level', async () => {
    await show()
    await print(1, ['step 1', 'WARN slow', 'ERROR gone'])
    const level = screen.getByRole('combobox', { name: 'Level' })
    fireEvent.change(level, { target: { value: 'warn' } })
    frame()
    expect(lines()).toEqual(['WARN slow', 'ERROR gone'])
    fireEvent.change(level, { target: { value: 'error' } })
    frame()
    expect(lines()).toEqual(['ERROR gone'])
  })

  it('says in words what is missing of a log', async () => {
    await show()
    await act(async () =>
      bench.push(1, {
        ...linesFrom(0, ['a', 'b']),
        gaps: [{ beforeLine: 1, lostBytes: 1_200_000, reason: 'the file was truncated', atMs: 5 }],
      }),
    )
    expect([...log().querySelectorAll('.log-text, .log-gap')].map(row => row.textContent)).toEqual([
      'a',
      'Gap in this-pc w1: the file was truncated, at most 1.2\u2009MB are missing',
      'b',
    ])
  })

  it('shows any logs together that are chosen one by one', async () => {
    await show()
    fireEvent.click(screen.getByRole('button', { name: 'Choose logs' }))
    fireEvent.click(await screen.findByRole('menuitemcheckbox', { name: /^pc2 w1/ }))
    await act(async () => bench.engine.settle())
    expect(bench.engine.openLogs()).toEqual(['bots-1', 'bots-3'])
    expect(screen.getByRole('tab', { selected: true }).textContent).toBe('2 logs')
  })
})
