// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LogId } from '../../contract/ids'
import type { Run } from '../../contract/runs'
import { createLogBench, PRINTED_AT_MS } from './logTestBench'
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

const isExcerpt = () =>
  vi.waitFor(() => {
    frame()
    expect(bench.store.getSnapshot()).toMatchObject({ isExcerpt: true, isReading: false })
  })

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

  it('lists what a search over the whole logs finds, and goes to a hit that is not in memory', async () => {
    await show()
    await print(1, ['newest'], 5_000)
    const disk = Array.from({ length: 5_001 }, (_, at) => ({
      text: `row ${at}`,
      atMs: PRINTED_AT_MS - 5_001 + at,
    }))
    bench.engine.disk.set('bots-1', disk)
    expect(screen.getByRole('button', { name: 'Search all of it' }).getAttribute('aria-disabled')).toBe(
      'true',
    )
    fireEvent.change(filter(), { target: { value: 'row 70' } })
    frame()
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Search all of it' })))
    await act(async () => {
      await bench.engine.settle()
      bench.engine.search.push({
        hits: [70, 700].map(line => ({
          log: LogId.parse('bots-1'),
          line,
          atMs: disk[line]!.atMs,
          text: `row ${line}`,
        })),
        bytesDone: 1_000_000,
        bytesTotal: 4_000_000,
        matched: 2,
      })
      await bench.engine.settle()
    })
    expect(await screen.findByText('2 lines have “row 70”')).toBeTruthy()
    expect(screen.getByRole('progressbar', { name: 'Searched' }).getAttribute('aria-valuenow')).toBe('25')
    const hits = within(screen.getByRole('list', { name: 'Search hits' })).getAllByRole('button')
    expect(hits.map(hit => hit.textContent)).toEqual([
      '14:02:04.187this-pc w1row 70',
      '14:02:04.817this-pc w1row 700',
    ])
    fireEvent.keyDown(hits[0]!, { key: 'ArrowDown' })
    expect(document.activeElement).toBe(hits[1])
    fireEvent.click(hits[1]!)
    await isExcerpt()
    expect(bench.store.getSnapshot().current).toMatchObject({ line: 700 })
    const rows = bench.store.getSnapshot().rows.map(row => row.line)
    expect([rows[0], rows.at(-1)]).toEqual([400, 1_000])
    expect(screen.getByRole('switch', { name: 'Only matches' }).getAttribute('aria-checked')).toBe('false')
    fireEvent.click(screen.getByRole('button', { name: 'Newest lines' }))
    frame()
    expect(lines()).toEqual(['newest'])
    fireEvent.click(screen.getByRole('button', { name: 'Close the search' }))
    expect(screen.queryByRole('list', { name: 'Search hits' })).toBe(null)
  })

  it('goes to a hit that is in memory without reading anything', async () => {
    await show()
    await print(1, ['a', 'b', 'c'])
    const source = bench.store.shown()[0]!
    await act(async () => void (await bench.store.jump({ source, line: 1, atMs: 0 })))
    frame()
    expect([bench.store.getSnapshot().isExcerpt, bench.store.getSnapshot().current]).toEqual([
      false,
      expect.objectContaining({ text: 'b' }),
    ])
  })

  it('jumps to a typed time, and says when it is none', async () => {
    await show()
    bench.engine.disk.set(
      'bots-2',
      Array.from({ length: 10 }, (_, at) => ({ text: `minute ${at}`, atMs: Date.UTC(2026, 8, 24, 13, at) })),
    )
    const jump = screen.getByRole('textbox', { name: 'Jump to time' })
    fireEvent.change(jump, { target: { value: 'noon' } })
    fireEvent.keyDown(jump, { key: 'Enter' })
    expect((await screen.findByText(/^Not a time/)).tagName).toBe('OUTPUT')
    fireEvent.change(jump, { target: { value: '2026-09-24 13:04' } })
    fireEvent.keyDown(jump, { key: 'Enter' })
    await isExcerpt()
    expect(lines()).toContain('minute 4')
    expect(bench.store.getSnapshot().isFollowing).toBe(false)
  })

  it('saves exactly what is shown', async () => {
    const saved: string[] = []
    vi.spyOn(URL, 'createObjectURL').mockImplementation(blob => {
      const reader = new FileReader()
      reader.addEventListener('load', () => saved.push((blob as Blob).type, reader.result as string))
      reader.readAsText(blob as Blob)
      return 'blob:x'
    })
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {})
    await show()
    await print(1, ['alpha', 'beta'])
    fireEvent.change(filter(), { target: { value: 'beta' } })
    frame()
    fireEvent.click(screen.getByRole('button', { name: 'Download logs' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: 'What is shown' }))
    await vi.waitFor(() =>
      expect(saved).toEqual(['text/plain', '2026-09-24 14:02:09.118 UTC  this-pc w1  beta\n']),
    )
  })

  it('asks for a window of its own by an address that says which logs', async () => {
    const opened: unknown[] = []
    vi.stubGlobal('open', (url: string) => void opened.push(url))
    await show()
    fireEvent.click(screen.getByRole('tab', { name: 'pc2' }))
    fireEvent.click(screen.getByRole('button', { name: 'Open in a window' }))
    vi.unstubAllGlobals()
    expect(opened).toEqual([`${window.location.origin}/#logs-window/20260924-134104-k3v9/node=pc2`])
  })
})
