// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NodeName } from '../../contract/ids'
import { fleetStore } from '../state/fleetStore'
import { followOtherWindows, logPanelStore } from './logPanelStore'
import { createLogBench, kellyRun } from './logTestBench'
import { LogWindow } from './LogWindow'

let bench: ReturnType<typeof createLogBench>

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({
    matches: true,
    addEventListener: () => {},
    removeEventListener: () => {},
  }))
})
afterEach(() => {
  cleanup()
  bench.store.close()
  vi.unstubAllGlobals()
})

async function show(): Promise<void> {
  bench = createLogBench()
  const place = { run: kellyRun.id, shown: { node: NodeName.parse('pc2') } } as const
  render(<LogWindow place={place} logs={bench.store} />)
  await act(async () => bench.engine.settle())
}

describe('a log window', () => {
  it('shows and follows what its address says, and is called after it', async () => {
    await show()
    expect(bench.engine.openLogs()).toEqual(['bots-2', 'bots-3'])
    expect(bench.engine.asked).toEqual(['bots-2 from 0', 'bots-3 from 0'])
    expect(screen.getByRole('tab', { selected: true }).textContent).toBe('pc2')
    expect(document.title).toBe('kelly-monte-carlo: logs · Drydock')
    expect(screen.queryByRole('button', { name: 'Open in a window' })).toBe(null)
  })

  it('says when the engine is lost', async () => {
    await show()
    act(() => fleetStore.setState({ engine: 'lost' }))
    expect(screen.getByText('Lines stand still')).toBeTruthy()
  })

  it('tells times as another window was told to, and keeps its own filter', async () => {
    await show()
    const end = followOtherWindows()
    const newValue = JSON.stringify({ zone: 'local', showsTime: false, onlyMatches: false })
    act(() => void window.dispatchEvent(new StorageEvent('storage', { key: 'drydock.logPanel', newValue })))
    expect(logPanelStore.getState()).toMatchObject({ zone: 'local', showsTime: false, onlyMatches: true })
    end()
  })
})
