// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Run } from '../../contract/runs'
import { createLogBench, kellyRun } from './logTestBench'
import { LogPanel } from './LogPanel'
import { logPanelStore } from './logPanelStore'

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
const download = async (what: string): Promise<void> => {
  fireEvent.click(screen.getByRole('button', { name: 'Download logs' }))
  fireEvent.click(await screen.findByRole('menuitem', { name: what }))
}
const follow = () => screen.getByRole('switch', { name: 'Follow' })

describe('the log panel', () => {
  it('shows what the workers print: when (UTC), who, what', async () => {
    await show()
    await print(1, ['step 1260'])
    expect(
      [...log().querySelectorAll('.log-line')].map(line => [...line.children].map(cell => cell.textContent)),
    ).toEqual([['', '14:02:09.118', 'this-pc w1', 'step 1260']])
  })

  it('has a tab for all workers and one a node, which shows and follows that node alone', async () => {
    await show()
    await print(1, ['from this-pc'])
    await print(3, ['from pc2'])
    expect(screen.getAllByRole('tab').map(tab => tab.textContent)).toEqual(['All', 'this-pc', 'pc2'])
    fireEvent.click(screen.getByRole('tab', { name: 'pc2' }))
    frame()
    expect(lines()).toEqual(['from pc2'])
    expect(bench.engine.openLogs()).toEqual(['bots-2', 'bots-3'])
    fireEvent.keyDown(screen.getByRole('tab', { name: 'pc2' }), { key: 'ArrowLeft' })
    frame()
    expect([screen.getByRole('tab', { selected: true }).textContent, lines()]).toEqual([
      'this-pc',
      ['from this-pc'],
    ])
  })

  it('filters, counts, and marks what matches', async () => {
    await show()
    await print(1, ['alpha', 'BETA alpha', 'gamma'])
    fireEvent.change(filter(), { target: { value: 'beta' } })
    frame()
    expect(lines()).toEqual(['BETA alpha'])
    expect(within(log()).getByText('BETA').tagName).toBe('MARK')
    expect(screen.getByText('0/1')).toBeTruthy()
    fireEvent.keyDown(filter(), { key: 'Escape' })
    frame()
    expect(lines()).toEqual(['alpha', 'BETA alpha', 'gamma'])
  })

  it('says what is wrong with an expression and shows every line meanwhile', async () => {
    await show()
    await print(1, ['alpha'])
    fireEvent.click(screen.getByRole('button', { name: 'Regular expression' }))
    fireEvent.change(filter(), { target: { value: 'a(' } })
    frame()
    expect(screen.getByRole('status').textContent).toBe(
      'Not a regular expression: Unterminated group. Every line is shown.',
    )
    expect([filter().getAttribute('aria-invalid'), lines()]).toEqual(['true', ['alpha']])
  })

  it('stands still while Follow is off, counts what comes, and goes on from the pill', async () => {
    await show()
    await print(1, ['a'])
    fireEvent.click(follow())
    frame()
    expect(follow().getAttribute('aria-checked')).toBe('false')
    await print(1, ['b', 'c'], 1)
    expect(lines()).toEqual(['a'])
    fireEvent.click(screen.getByRole('button', { name: '2 new' }))
    frame()
    expect([lines(), follow().getAttribute('aria-checked')]).toEqual([['a', 'b', 'c'], 'true'])
  })

  it('is read aloud after a quiet while, and not in a flood', async () => {
    await show()
    await print(1, ['a'])
    expect(log().getAttribute('aria-live')).toBe('polite')
    await print(1, ['b'], 1)
    expect(log().getAttribute('aria-live')).toBe('off')
  })

  it('draws colours as elements and markup as text', async () => {
    await show()
    await print(1, ['\u001b[31mred\u001b[0m <img src=x>'])
    expect(within(log()).getByText('red').className).toBe('ansi-red')
    expect([lines(), log().querySelector('img')]).toEqual([['red <img src=x>'], null])
  })

  it('leaves out what only Drydock reads until it is wanted, and says so when nothing else is there', async () => {
    await show()
    await print(1, ['{"drydock":"progress","step":1}'])
    expect(lines()).toEqual([])
    expect(screen.getByText('Nothing printed for people yet')).toBeDefined()
    await print(1, ['step 1'], 1)
    expect(lines()).toEqual(['step 1'])
    fireEvent.click(screen.getByRole('button', { name: /^Show reports/ }))
    frame()
    expect(lines()).toEqual(['{"drydock":"progress","step":1}', 'step 1'])
  })

  it('tints warnings and errors, and keeps the line protocol quiet', async () => {
    await show()
    act(() => logPanelStore.setState({ showsReports: true }))
    await print(1, ['WARN slow', 'ERROR gone', '{"drydock":"progress","step":1}', 'step 1'])
    expect([...log().querySelectorAll('.log-line')].map(line => line.getAttribute('data-tone'))).toEqual([
      'warn',
      'error',
      'protocol',
      'plain',
    ])
  })

  it('offers to read lines that did not arrive', async () => {
    await show()
    await print(1, ['a'])
    await print(1, ['e'], 4)
    expect(
      screen.getByRole('button', { name: /^3 lines of this-pc w1 did not reach this screen/ }),
    ).toBeTruthy()
  })

  it.each([
    ['All', ['app://drydock/logs/20260924-134104-k3v9.log']],
    [
      'pc2',
      [
        'app://drydock/logs/20260924-134104-k3v9/bots-2.log',
        'app://drydock/logs/20260924-134104-k3v9/bots-3.log',
      ],
    ],
  ])('downloads the logs of the tab %s', async (tab, urls) => {
    const clicked: string[] = []
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      if (this.hasAttribute('download')) clicked.push(this.href)
    })
    await show()
    fireEvent.click(screen.getByRole('tab', { name: tab }))
    await download('All, from disk')
    expect(clicked).toEqual(urls)
  })

  it('hides times and wraps when asked, and remembers both', async () => {
    await show()
    await print(1, ['a'])
    fireEvent.click(screen.getByRole('button', { name: 'Show times' }))
    fireEvent.click(screen.getByRole('button', { name: 'Wrap long lines' }))
    expect([log().querySelector('time'), log().hasAttribute('data-wrap')]).toEqual([null, true])
    expect(JSON.parse(localStorage.getItem('drydock.logPanel') ?? '')).toMatchObject({
      isWrapping: true,
      showsTime: false,
    })
  })

  it('goes to the filter with Ctrl+F when the keyboard is in it, and only then', async () => {
    await show()
    fireEvent.keyDown(document.body, { key: 'f', ctrlKey: true })
    expect(document.activeElement).toBe(document.body)
    log().focus()
    fireEvent.keyDown(log(), { key: 'f', ctrlKey: true })
    expect(document.activeElement).toBe(filter())
  })

  it('says why there is nothing to see', async () => {
    await show([])
    expect(screen.getByText('No logs yet').nextSibling?.textContent).toBe('They appear when a run starts.')
    cleanup()
    bench.store.close()
    await show()
    expect(screen.getByText('kelly-monte-carlo: waiting for the first line of 3 workers.')).toBeTruthy()
    await print(1, ['alpha'])
    fireEvent.change(filter(), { target: { value: 'zzz' } })
    frame()
    expect(screen.getByText('No line matches “zzz”')).toBeTruthy()
  })

  it('closes every stream when it goes', async () => {
    await show()
    expect(bench.engine.openLogs()).toEqual(['bots-1', 'bots-2', 'bots-3'])
    cleanup()
    expect(bench.engine.openLogs()).toEqual([])
  })

  it('follows another run as soon as one is chosen or a newer one starts', async () => {
    await show()
    await print(1, ['old'])
    const newer = { ...kellyRun, id: '20260924-140000-aaaa' as Run['id'] }
    const { fleetStore } = await import('../state/fleetStore')
    await act(async () => {
      fleetStore.setState({ runs: [newer, kellyRun] })
      await bench.engine.settle()
    })
    frame()
    expect(lines()).toEqual([])
  })
})
