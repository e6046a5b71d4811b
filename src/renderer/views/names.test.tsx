// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { showScene } from '../gallery/showScene'

afterEach(cleanup)
// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 30_000 })

const meterNames = (of: HTMLElement): readonly (string | null)[] =>
  within(of)
    .getAllByRole('meter')
    .map(meter => meter.getAttribute('aria-label'))

describe('a node', () => {
  test('is a region with its gauges as meters, and a word instead of a GPU it lacks', () => {
    showScene('fleet-3')
    expect(meterNames(screen.getByRole('region', { name: 'this-pc' }))).toEqual([
      'this-pc CPU',
      'this-pc RAM',
      'this-pc GPU 0',
      'this-pc VRAM 0',
      'this-pc Disk',
    ])
    const server = screen.getByRole('region', { name: 'hp-server' })
    expect(meterNames(server)).toEqual(['hp-server CPU', 'hp-server RAM', 'hp-server Load', 'hp-server Disk'])
    expect(within(server).getByText('No NVIDIA GPU found on this node')).toBeDefined()
    expect(screen.getByRole('meter', { name: 'this-pc GPU 0' }).getAttribute('aria-valuetext')).toBe(
      'GPU 0, 76 percent, on target 75',
    )
  })

  test('keeps its GPU, greyed, when its driver hangs, with the reason in words; nothing else changes', () => {
    showScene('gpu-hung')
    const pc2 = screen.getByRole('region', { name: 'pc2' })
    expect(meterNames(pc2)).toEqual(['pc2 CPU', 'pc2 RAM', 'pc2 GPU 0', 'pc2 VRAM 0', 'pc2 Disk'])
    const spoken = within(pc2)
      .getAllByRole('meter')
      .map(meter => [meter.getAttribute('aria-valuenow'), meter.getAttribute('aria-valuetext')])
    expect(spoken.slice(2, 4)).toEqual([
      [null, 'not reported'],
      [null, 'not reported'],
    ])
    expect([spoken[0]?.[0], spoken[1]?.[0], spoken[4]?.[0]]).toEqual(['6', '31', '22'])
    expect(within(pc2).getByText(/reboot the machine/)).toBeDefined()
  })

  test.each(['fleet-12', 'fleet-50'])('in %s a GPU whose driver hangs is greyed too', scene => {
    showScene(scene)
    const meter = screen.getByRole('meter', { name: 'node-02 GPU max' })
    expect([meter.getAttribute('aria-valuenow'), meter.getAttribute('aria-valuetext')]).toEqual([
      null,
      'not reported',
    ])
  })

  test.each([
    ['fleet-3', 'pc2', 'Online · 4\u2009ms'],
    ['offline', 'pc2', 'Unreachable for 2\u2009min, next try in 8\u2009s'],
    ['host-key', 'pc2', 'Blocked: its host key is not known yet'],
    ['host-key-changed', 'pc2', 'Blocked: its host key changed'],
    ['login-refused', 'pc2', 'Blocked: The login was refused'],
  ])('in %s tells the state of its link', (scene, node, words) => {
    showScene(scene)
    expect(screen.getByRole('status', { name: `${node} link`, hidden: true }).textContent).toBe(words)
  })

  test('is a region in compact cards and in rows too', () => {
    showScene('fleet-12')
    expect(screen.getAllByRole('region', { name: /^node-\d\d$/ })).toHaveLength(12)
    showScene('fleet-50')
    const rows = screen.getAllByRole('region', { name: /^node-\d\d$/ })
    expect(rows.map(row => row.getAttribute('aria-label'))).toEqual(
      Array.from({ length: 50 }, (_, index) => `node-${String(index + 1).padStart(2, '0')}`),
    )
    expect(screen.getByRole('status', { name: 'node-08 link' }).textContent).toMatch(/^Unreachable for/)
  })

  test('offers to reconnect, to copy its details, to show its logs, and to change it', async () => {
    const asked = showScene('fleet-3')
    fireEvent.click(screen.getByRole('button', { name: 'More for pc2' }))
    const items = await screen.findAllByRole('menuitem')
    expect(items.map(item => item.textContent).join(', ')).toBe(
      'Details, Diagnose, Reconnect now, Copy details, Show logs, Stop everything on pc2, Edit…, Move upAlt ↑, Move downAlt ↓, Disable, Remove…',
    )
    fireEvent.click(screen.getByRole('menuitem', { name: 'Show logs' }))
    expect(asked.acts).toEqual(['logs "20260924-134104-k7c2" "bots-3"'])
  })
})

test('the plan picker is a combobox that lists every plan with why it cannot be started, and leads to the editor', async () => {
  showScene('fleet-3')
  const picker = screen.getByRole('combobox', { name: 'Plan' })
  expect(picker.textContent).toContain('kelly-monte-carlo')
  fireEvent.click(picker)
  const options = await screen.findAllByRole('option')
  expect(options.map(option => option.textContent)).toEqual([
    'kelly-monte-carlo3 nodes · 7 workers',
    'tft-walk-forwardpc2 · 1 worker',
    'ppo-sweepThe ray engine is not built yet.',
    'Edit plan…',
    'New plan…',
  ])
})

describe('the big buttons', () => {
  const descriptionOf = (name: string): string | null => {
    const button = screen.getByRole('button', { name })
    const id = button.getAttribute('aria-describedby')
    return id === null ? null : (document.querySelector(`[id="${id}"]`)?.textContent ?? null)
  }

  test('START carries the reason why it is off, stays focusable and does nothing', () => {
    const asked = showScene('fleet-3')
    const start = screen.getByRole('button', { name: 'Start training' })
    expect([start.textContent, start.getAttribute('aria-disabled')]).toEqual(['START TRAINING', 'true'])
    expect(descriptionOf('Start training')).toBe('kelly-monte-carlo is already running.')
    fireEvent.click(start)
    start.focus()
    expect([asked.acts, document.activeElement]).toEqual([[], start])
    expect([
      screen.getByRole('button', { name: 'Stop training' }).textContent,
      descriptionOf('Stop training'),
    ]).toEqual(['STOP', null])
  })

  test('STOP is off while nothing runs, and START starts the chosen plan', () => {
    const asked = showScene('fleet-1')
    expect(descriptionOf('Stop training')).toBe('Nothing is running.')
    fireEvent.click(screen.getByRole('button', { name: 'Start training' }))
    expect(asked.acts).toEqual(['start "kelly-monte-carlo"'])
  })

  test('a start that the engine refuses is an alert with what happened and the fix', async () => {
    const asked = showScene('fleet-1')
    asked.failure = Object.assign(new Error('The disk of this-pc is full.'), {
      data: { hint: 'Free 2 GiB.' },
    })
    fireEvent.click(screen.getByRole('button', { name: 'Start training' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toBe('The disk of this-pc is full.Free 2 GiB.')
    fireEvent.click(within(alert).getByRole('button', { name: 'Close' }))
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

describe('the run mode', () => {
  test.each([
    ['fleet-3', /^SAFE orders WILL NOT be sent/, 'true', 'false'],
    ['no-orders', /^NO ORDERS /, 'false', 'false'],
    ['paper', /^PAPER /, 'false', 'true'],
    ['live', /^LIVE /, 'false', 'true'],
    ['mixed', /^MIXED /, 'false', 'true'],
  ])('in %s is a status and two switches', (scene, words, dryRun, allowOrders) => {
    showScene(scene)
    expect(screen.getByRole('status', { name: 'Run mode' }).textContent).toMatch(words)
    expect(screen.getByRole('switch', { name: 'DRY_RUN' }).getAttribute('aria-checked')).toBe(dryRun)
    expect(screen.getByRole('switch', { name: 'ALLOW_ORDERS' }).getAttribute('aria-checked')).toBe(
      allowOrders,
    )
  })

  test('goes back to SAFE with one click and no dialog', () => {
    const asked = showScene('live')
    fireEvent.click(screen.getByRole('button', { name: 'Back to SAFE' }))
    expect(asked.acts).toEqual(['mode {"dryRun":true,"allowOrders":false} null'])
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })
})

describe('tables', () => {
  test('runs are a table with a row a run and its progress as a progressbar', () => {
    showScene('fleet-3')
    const table = screen.getByRole('table', { name: 'Runs' })
    const rows = within(table).getAllByRole('row')
    expect(rows.map(row => row.textContent)).toEqual([
      'PlanNodesStateProgressStartedDurationMode',
      'kelly-monte-carlo3 nodes · 7 wRunning1,262/2,00012\u2009min13:4121\u2009m 07\u2009sSAFE',
      'kelly-monte-carlothis-pcStoppedproved620/2,00011:2010\u2009m 44\u2009sSAFE',
      'tft-walk-forwardpc2Failedout of memory36/20009:124\u2009h 16\u2009mSAFE',
    ])
    const progress = screen.getByRole('progressbar', { name: '20260924-134104-k7c2 progress' })
    expect([progress.getAttribute('aria-valuenow'), progress.getAttribute('aria-valuetext')]).toEqual([
      '63',
      '1262 of 2000',
    ])
  })

  test('a run opens to its workers, with the log of each one a press away', () => {
    const asked = showScene('fleet-3')
    fireEvent.click(screen.getByRole('button', { name: 'Show the workers of 20260924-091200-t1w4' }))
    const workers = screen.getByRole('table', { name: 'Workers of 20260924-091200-t1w4' })
    expect(within(workers).getAllByRole('row')[1]?.textContent).toBe(
      'pc2 w148101Failed killed by the system: out of memory36/200DRY_RUN=1 ALLOW_ORDERS=0',
    )
    fireEvent.click(within(workers).getByRole('button', { name: 'Show the log of pc2 w1' }))
    expect(asked.acts).toEqual(['logs "20260924-091200-t1w4" "bots-1"'])
  })

  test('pressing a run selects it for results, pressing it again shows the newest', () => {
    showScene('fleet-3')
    const name = (): HTMLElement => screen.getByRole('button', { name: 'tft-walk-forward' })
    fireEvent.click(name())
    expect(name().getAttribute('aria-pressed')).toBe('true')
    expect(screen.queryByRole('table', { name: 'Results' })).toBeNull()
    fireEvent.click(name())
    expect(screen.getByRole('table', { name: 'Results' })).toBeDefined()
  })

  test('results are a table that is sorted only when its header is pressed', () => {
    showScene('results')
    const table = screen.getByRole('table', { name: 'Results' })
    const names = (): readonly (string | null | undefined)[] =>
      within(table)
        .getAllByRole('row')
        .slice(1)
        .map(row => row.querySelector('.result-name')?.textContent?.slice(-4))
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map(head => head.textContent),
    ).toEqual(['Name', 'Median', 'CAGR', 'Sharpe', 'Max DD', 'Ruin'])
    expect(names()).toEqual(['0.25', '0.50', '1.00', '2.00'])
    fireEvent.click(within(table).getByRole('button', { name: 'CAGR' }))
    expect(names()).toEqual(['1.00', '0.50', '0.25', '2.00'])
    expect(within(table).getByRole('columnheader', { name: 'CAGR' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
  })
})

describe('what is wrong', () => {
  test('is an alert with what happened, the cause and its button, worst first', () => {
    const asked = showScene('offline')
    expect(screen.getAllByRole('alert').map(alert => alert.textContent)).toEqual([
      'pc2 is unreachable since 14:00:01No answer for 2.5 s.Check its power and its network. Its workers may still run; nothing is assumed.Reconnect now',
      'hp-server: disk 91\u2009% full, 11\u2009GiB freeLimit 90\u2009%, /home.Old run folders are under the node’s state folder.',
    ])
    fireEvent.click(within(screen.getAllByRole('alert')[0]!).getByRole('button', { name: 'Reconnect now' }))
    expect(asked.acts).toEqual(['reconnect "pc2"'])
  })

  test('is one line when there is much of it, and can be opened', () => {
    showScene('fleet-50')
    expect(screen.getByRole('alert').textContent).toBe(
      '4 need attentionnode-08 unreachable · node-02 GPU does not answer · node-20 idle while assigned · node-34 GPU 0 over 90\u2009%Show them',
    )
    fireEvent.click(screen.getByRole('button', { name: 'Show them' }))
    expect(screen.getAllByRole('alert')).toHaveLength(5)
  })

  test('a changed host key is an alert with both fingerprints and no way to trust it', () => {
    showScene('host-key-changed')
    const alert = screen.getByRole('alert', { name: 'Host key changed: pc2' })
    expect(alert.textContent).toContain('SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A')
    expect(alert.textContent).toContain('SHA256:Xo8yPj2nUe4sR6A9kVY0cQmT0mLw5iQ9ZbDqk1mHf3v')
    expect(within(alert).queryByRole('button', { name: /trust/i })).toBeNull()
  })

  test('a lost engine freezes the display and says since when', () => {
    showScene('lost')
    expect(screen.getAllByRole('alert')[0]?.textContent).toMatch(/^Display frozen at 14:02:11 UTC/)
    expect(screen.getByRole('switch', { name: 'DRY_RUN' }).getAttribute('aria-disabled')).toBe('true')
    expect(screen.getByRole('button', { name: 'Stop training' }).getAttribute('aria-disabled')).toBeNull()
  })
})

test('the screens are links of the navigation Main', async () => {
  showScene('fleet-3')
  const nav = screen.getByRole('navigation', { name: 'Main' })
  const links = within(nav).getAllByRole('link')
  expect(links.map(link => [link.textContent, link.getAttribute('aria-current')])).toEqual([
    ['Fleet', 'page'],
    ['Runs', null],
    ['Results', null],
    ['Logs', null],
    ['Settings', null],
  ])
  fireEvent.click(within(nav).getByRole('link', { name: 'Runs' }))
  await waitFor(() =>
    expect(within(nav).getByRole('link', { name: 'Runs' }).getAttribute('aria-current')).toBe('page'),
  )
})

test('the search box opens the palette', () => {
  const asked = showScene('fleet-3')
  fireEvent.click(screen.getByRole('button', { name: /^Search or run/ }))
  expect(asked.acts).toEqual(['palette'])
})

test('an engine that is starting shows the outline of the fleet, and an empty fleet how to add a machine', () => {
  showScene('loading')
  expect(screen.getByText('Loading the fleet')).toBeDefined()
  showScene('empty')
  expect(screen.getByRole('heading', { name: 'No machines yet' })).toBeDefined()
})
