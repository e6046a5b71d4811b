// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { App } from './app'
import { plan } from './gallery/plans'
import { createLogBench, kellyRun } from './logs/logTestBench'
import { logPanelStore } from './logs/logPanelStore'
import { showLogs } from './logs/showLogs'
import { closePalette } from './palette/paletteStore'
import { fleetStore } from './state/fleetStore'
import { createRecordedActions } from './state/recordedActions'

let bench: ReturnType<typeof createLogBench>
let recorded: ReturnType<typeof createRecordedActions>

beforeEach(() => {
  // Nothing is painted here.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
  vi.stubGlobal('matchMedia', () => ({
    matches: true,
    addEventListener: () => {},
    removeEventListener: () => {},
  }))
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
  window.location.hash = ''
  recorded = createRecordedActions()
})
afterEach(() => {
  cleanup()
  closePalette()
  bench.store.close()
  vi.unstubAllGlobals()
})

async function show(runs = [kellyRun]): Promise<void> {
  bench = createLogBench(runs)
  fleetStore.setState({
    app: { version: '0.1.0', home: '/home/w1/drydock', fleetFile: '/home/w1/drydock/fleet.yaml' },
    plans: [plan('kelly-monte-carlo', ['this-pc', 'pc2'], 3)],
  })
  await act(async () => {
    render(
      <App
        actions={recorded.actions}
        logs={bench.store}
        setTheme={async theme => void recorded.asked.push(['setTheme', theme])}
      />,
    )
  })
}
const press = (key: string, more: object = {}): void =>
  act(() => void fireEvent.keyDown(document.body, { key, ...more }))
const palette = () => screen.findByRole('dialog', { name: 'Command palette' })

describe('the window', () => {
  it('opens the palette with Ctrl+K and F1, and does what is chosen', async () => {
    await show()
    press('k', { ctrlKey: true })
    const input = within(await palette()).getByRole('combobox', { name: 'Search commands' })
    await act(async () => void fireEvent.change(input, { target: { value: 'light' } }))
    await act(async () => void fireEvent.keyDown(input, { key: 'Enter' }))
    expect(recorded.asked).toEqual([['setTheme', 'light']])
    expect(screen.queryByRole('dialog', { name: 'Command palette' })).toBe(null)
    press('F1')
    expect(await palette()).toBeTruthy()
  })

  it('hides and shows the logs with Ctrl+`', async () => {
    await show()
    expect(screen.queryByRole('log', { name: 'Logs' })).not.toBe(null)
    press('`', { ctrlKey: true })
    expect(screen.queryByRole('log', { name: 'Logs' })).toBe(null)
    press('`', { ctrlKey: true })
    expect(screen.queryByRole('log', { name: 'Logs' })).not.toBe(null)
  })

  it('goes where the address says, and says in the address where it is', async () => {
    window.location.hash = '#settings'
    await show()
    expect(screen.getByRole('heading', { name: 'Settings' })).toBeTruthy()
    const nav = screen.getByRole('navigation', { name: 'Main' })
    await act(async () => void fireEvent.click(within(nav).getByRole('link', { name: 'Logs' })))
    expect(window.location.hash).toBe('#logs')
    expect(screen.getAllByRole('log', { name: 'Logs' })).toHaveLength(1)
  })

  it('keeps STOP when a view cannot be drawn, and offers a way on', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    vi.stubGlobal('reportError', () => {})
    await show()
    await act(async () => fleetStore.setState({ results: null as never }))
    expect(screen.getByRole('alert').textContent).toContain('This part of the screen could not be drawn.')
    expect(screen.getByRole('button', { name: 'Reload the window' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Stop training' }).getAttribute('aria-disabled')).toBe(null)
    await act(async () => fleetStore.setState({ results: [] }))
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Draw it again' })))
    expect(screen.getByRole('region', { name: 'pc2' })).toBeTruthy()
  })

  it('shows a worker’s log where it was asked for, and gives it the keyboard', async () => {
    await show()
    press('`', { ctrlKey: true })
    const worker = kellyRun.workers[2]!
    await act(async () => showLogs(kellyRun.id, worker.id))
    expect(logPanelStore.getState().tab).toEqual({ node: 'pc2' })
    expect(screen.getByRole('tab', { selected: true }).textContent).toBe('pc2')
    expect(document.activeElement).toBe(screen.getByRole('log', { name: 'Logs' }))
  })
})

describe('the settings', () => {
  const settings = async (): Promise<void> => {
    window.location.hash = '#settings'
    await show()
  }

  it('choose the theme', async () => {
    await settings()
    const group = screen.getByRole('radiogroup', { name: 'Theme' })
    expect(within(group).getByRole<HTMLInputElement>('radio', { name: 'Dark' }).checked).toBe(true)
    fireEvent.click(within(group).getByRole('radio', { name: 'Like the computer' }))
    expect(recorded.asked).toEqual([['setTheme', 'system']])
  })

  it('say where everything is, and copy it', async () => {
    await settings()
    expect(screen.getByText('/home/w1/drydock/fleet.yaml')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Copy the path: Machines and plans' }))
    expect(recorded.asked).toEqual([['copyText', '/home/w1/drydock/fleet.yaml']])
    expect(screen.getByText('Drydock 0.1.0')).toBeTruthy()
  })

  it('list the keys', async () => {
    await settings()
    const table = screen.getByRole('table', { name: 'Keyboard shortcuts' })
    expect(
      within(table)
        .getAllByRole('row')
        .map(row => row.textContent),
    ).toContain('Open the command paletteCtrl KF1')
  })
})
