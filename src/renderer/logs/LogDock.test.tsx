// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import type { Run } from '../../contract/runs'
import { LogDock } from './LogDock'
import { logPanelStore } from './logPanelStore'
import { createLogBench } from './logTestBench'

let bench: ReturnType<typeof createLogBench>
afterEach(() => {
  cleanup()
  bench.store.close()
})

async function show(runs?: readonly Run[]): Promise<HTMLElement | null> {
  bench = createLogBench(runs)
  const { container } = render(<LogDock store={bench.store} />)
  await act(async () => bench.engine.settle())
  return container.querySelector<HTMLElement>('.log-dock')
}

describe('the log dock', () => {
  it('is not there before the first run', async () => {
    expect(await show([])).toBe(null)
  })

  it('follows the window until it is made as high as wanted: with the keys', async () => {
    const dock = await show()
    expect(dock?.style.height).toBe('')
    fireEvent.change(screen.getByRole('slider', { name: 'Height of the logs' }), { target: { value: 300 } })
    expect(dock?.style.height).toBe('300px')
  })

  it('is as high as its edge is dragged, but never lower than its least', async () => {
    const dock = await show()
    const edge = dock!.querySelector<HTMLElement>('.log-edge')!
    edge.setPointerCapture = () => {}
    Object.defineProperty(dock, 'offsetHeight', { value: 244 })
    const point = (type: string, clientY: number): void =>
      act(() => void edge.dispatchEvent(new MouseEvent(type, { clientY, button: 0, bubbles: true })))
    point('pointerdown', 600)
    point('pointermove', 500)
    expect(dock?.style.height).toBe('344px')
    point('pointermove', 900)
    expect(dock?.style.height).toBe('112px')
    point('lostpointercapture', 900)
    point('pointermove', 400)
    expect(dock?.style.height).toBe('112px')
    point('dblclick', 0)
    expect([dock?.style.height, logPanelStore.getState().heightPx]).toEqual(['', null])
  })

  it('hides with its own button', async () => {
    await show()
    fireEvent.click(screen.getByRole('button', { name: 'Hide the logs (Ctrl `)' }))
    expect(screen.queryByRole('log', { name: 'Logs' })).toBe(null)
  })
})
