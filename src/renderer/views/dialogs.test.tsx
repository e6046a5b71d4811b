// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RunId } from '../../contract/ids'
import type { NodeView } from '../../contract/nodes'
import type { StopReport } from '../../contract/runs'
import { nodeStop, NOW_MS } from '../gallery/builders'
import { showScene } from '../gallery/showScene'
import { fleetStore } from '../state/fleetStore'

afterEach(cleanup)
// Whole screens in a page that is not real: slow where other work goes on.
vi.setConfig({ testTimeout: 30_000 })

const RUN = '20260924-134104-k7c2' as RunId
const press = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }))
const escape = (): void => void fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' })

/** What the engine would tell about the run's stop. */
function tell(stop: StopReport): void {
  act(() =>
    fleetStore.setState(({ runs }) => ({ runs: runs.map(run => (run.id === RUN ? { ...run, stop } : run)) })),
  )
}

const UNDER_WAY: StopReport = {
  askedAtMs: NOW_MS,
  graceSeconds: 20,
  isForced: false,
  outcome: 'under-way',
  summary: null,
  endedAtMs: null,
  nodes: [nodeStop('pc2', { phase: 'sent', killAtMs: NOW_MS + 20_000 })],
}
const survivor = { pid: 48130, startTicks: 1, command: 'python3 worker.py', user: 'trader', hangsIn: null }

describe('the stop dialog', () => {
  const dialog = (): HTMLElement => screen.getByRole('alertdialog', { name: 'Stop training' })
  const result = (): string | null => screen.getByRole('status', { name: 'Stop result' }).textContent

  test('asks for the scope, and Keep running and Escape change nothing', async () => {
    const asked = showScene('fleet-3')
    press('Stop training')
    expect(within(dialog()).getByRole('radio', { name: /This run: kelly-monte-carlo/ })).toBeDefined()
    press('Keep running')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    press('Stop training')
    escape()
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(asked.acts).toEqual([])
  })

  test('stops the whole run, or only the chosen nodes', () => {
    const asked = showScene('stop')
    press('Stop now')
    expect(asked.acts).toEqual([`stop {"run":"${RUN}","force":false,"nodes":null}`])

    const narrow = showScene('stop')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Only chosen nodes' }))
    expect(screen.getByRole('button', { name: 'Stop now' }).getAttribute('aria-disabled')).toBe('true')
    fireEvent.click(screen.getByRole('checkbox', { name: 'hp-server' }))
    press('Stop now')
    expect(narrow.acts).toEqual([`stop {"run":"${RUN}","force":false,"nodes":["hp-server"]}`])
  })

  test('shows each step, lets force only when something is left, and ends with the proof', () => {
    const asked = showScene('stop')
    press('Stop now')
    tell(UNDER_WAY)
    expect(within(dialog()).getByRole('listitem').textContent).toBe('pc2Sent20\u2009s left')
    const force = (): string | null =>
      screen.getByRole('button', { name: 'Force stop' }).getAttribute('aria-disabled')
    expect([force(), result()]).toEqual(['true', ''])

    tell({ ...UNDER_WAY, nodes: [nodeStop('pc2', { phase: 'acknowledged', survivors: [survivor] })] })
    expect(within(dialog()).getByRole('listitem').textContent).toBe(
      'pc2Still closing: 48130 python3 worker.py (trader)',
    )
    expect(force()).toBeNull()
    press('Force stop')
    expect(asked.acts.at(-1)).toBe(`stop {"run":"${RUN}","force":true,"nodes":["pc2"]}`)

    tell({
      ...UNDER_WAY,
      outcome: 'proved',
      summary: 'Nothing is left running',
      endedAtMs: NOW_MS + 20_400,
      nodes: [nodeStop('pc2', { phase: 'verified', groups: 1, processesGone: 3, how: 'KILL after 20 s' })],
    })
    expect(result()).toBe(
      'Nothing is left runningkelly-monte-carlo · 1 worker on 1 node · ended in 20.4\u2009s',
    )
    press('Copy the proof')
    expect(asked.acts.at(-1)).toContain('Nothing is left running')
  })

  test('names what is still running', () => {
    showScene('still-running')
    expect(result()).toMatch(/^Still running: 1 process on pc2\./)
    expect(within(dialog()).getByText(/48130 python3 worker\.py \(trader\)/)).toBeDefined()
  })

  test('stops chosen workers of one track only, and offers to drain when one of them can', () => {
    const asked = showScene('stop')
    expect(screen.queryByRole('button', { name: 'Drain' })).toBeNull()
    act(() =>
      fleetStore.setState(({ runs }) => ({
        runs: runs.map(run => ({
          ...run,
          workers: run.workers.map(worker => ({ ...worker, canDrain: true })),
        })),
      })),
    )
    fireEvent.click(within(dialog()).getByRole('checkbox', { name: 'Only chosen tracks or workers' }))
    expect(screen.getByRole('button', { name: 'Stop now' }).getAttribute('aria-disabled')).toBe('true')
    fireEvent.click(within(dialog()).getByRole('checkbox', { name: 'pc2 w1' }))
    press('Drain')
    expect(asked.acts).toHaveLength(1)
    expect(asked.acts[0]).toMatch(/"nodes":null,"workers":\["[\w-]+"\],"drain":true/)
  })

  test('names another Drydock as the owner of what it does not stop', () => {
    showScene('stop')
    act(() =>
      fleetStore.setState(({ runs }) => ({
        runs: runs.map(run => ({
          ...run,
          origin: 'foreign' as const,
          owner: { name: 'w1@laptop', app: 'a' },
        })),
      })),
    )
    expect(dialog().textContent).toContain('belongs to w1@laptop')
    expect(screen.getByRole('button', { name: 'Stop now' }).getAttribute('aria-disabled')).toBe('true')
  })

  test('kills one survivor after it was asked once more', () => {
    const asked = showScene('still-running')
    press('Kill 48130')
    expect(asked.acts).toEqual([])
    press('Yes, kill 48130')
    expect(asked.acts).toEqual([`kill {"run":"${RUN}","node":"pc2","pid":48130,"startTicks":812400}`])
  })

  test('does not take the report of an earlier stop for this one', () => {
    showScene('stop')
    tell({ ...UNDER_WAY, askedAtMs: NOW_MS - 60_000, outcome: 'proved', summary: 'Nothing is left running' })
    press('Stop now')
    expect(result()).toBe('')
  })

  test('takes a stop that is under way already for this one, because it goes on', () => {
    showScene('stop')
    tell(UNDER_WAY)
    press('Stop now')
    expect(within(dialog()).getByRole('listitem').textContent).toBe('pc2Sent20\u2009s left')
  })

  test('shows why a stop was refused and lets it be tried again', async () => {
    const asked = showScene('stop')
    asked.failure = new Error('The run has ended already.')
    press('Stop now')
    expect((await within(dialog()).findByRole('alert')).textContent).toBe('The run has ended already.')
    press('Try again')
    expect(within(dialog()).getByRole('button', { name: 'Stop now' })).toBeDefined()
  })

  test('keeps the proof readable in the row of the run', async () => {
    showScene('stopped')
    press('Done')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    press(`Show the workers of ${RUN}`)
    const proof = screen.getByRole('region', { name: `Stop of ${RUN}` })
    expect(proof.textContent).toMatch(/^Nothing is left running/)
  })

  test('without an engine offers the commands, which check the start time before they signal', () => {
    showScene('lost-stop')
    expect(dialog().querySelector('pre')?.textContent?.split('\n').slice(1, 3)).toEqual([
      'sed "s/.*) //" /proc/48102/stat | cut -d" " -f20 | grep -qx 812331 && kill -TERM -48102',
      `ssh w1@pc2.lan 'sed "s/.*) //" /proc/48103/stat | cut -d" " -f20 | grep -qx 812331 && kill -TERM -48103'`,
    ])
  })
})

describe('an unknown host key', () => {
  const FINGERPRINT = 'SHA256:9kVY0cQmT0mLw5iQ9ZbDqk1mHf3vXo8yPj2nUe4sR6A'
  const dialog = (): HTMLElement => screen.getByRole('alertdialog', { name: 'Unknown host key: pc2' })

  test('is shown with its fingerprint and the command to compare it with', () => {
    showScene('host-key')
    for (const words of [FINGERPRINT, 'ssh-ed25519', '192.168.1.11:22']) {
      expect(within(dialog()).getByText(words)).toBeDefined()
    }
    expect(within(dialog()).getByText('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).toBeDefined()
  })

  test.each([
    ['Trust this key', `trust "pc2" "${FINGERPRINT}"`],
    ['Refuse', `refuse "pc2" "${FINGERPRINT}"`],
  ])('%s is told to the engine with the fingerprint that was shown', (button, act) => {
    const asked = showScene('host-key')
    press(button)
    expect(asked.acts).toEqual([act])
  })

  test('is put off by Escape, and can be taken up again', async () => {
    const asked = showScene('host-key')
    escape()
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(asked.acts).toEqual([])
    fireEvent.click(screen.getAllByRole('button', { name: 'Review the key' })[0]!)
    expect(dialog()).toBeDefined()
  })

  test('of several nodes is asked one at a time, in the order of the fleet', async () => {
    showScene('host-key')
    const asking = (node: NodeView): NodeView =>
      node.name === 'hp-server' ? { ...node, link: fleetStore.getState().nodes[1]!.link } : node
    act(() => fleetStore.setState(({ nodes }) => ({ nodes: nodes.map(asking) })))
    expect(screen.getAllByRole('alertdialog')).toEqual([dialog()])
    escape()
    expect(await screen.findByRole('alertdialog', { name: 'Unknown host key: hp-server' })).toBeDefined()
  })
})

describe('leaving SAFE', () => {
  const confirm = (name: string): HTMLElement => screen.getByRole('button', { name: `Switch to ${name}` })
  const type = (text: string): void =>
    void fireEvent.change(screen.getByRole('textbox'), { target: { value: text } })

  test('needs the name of the mode, exactly', () => {
    const asked = showScene('leave-safe')
    for (const text of ['', 'live', 'LIVE ', 'PAPER']) {
      type(text)
      expect(confirm('LIVE').getAttribute('aria-disabled')).toBe('true')
      fireEvent.click(confirm('LIVE'))
      fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Enter' })
    }
    expect(asked.acts).toEqual([])
    type('LIVE')
    fireEvent.click(confirm('LIVE'))
    expect(asked.acts).toEqual(['mode {"dryRun":false,"allowOrders":true} "LIVE"'])
  })

  test('is asked by the switch, which does not move before the engine says so', () => {
    const asked = showScene('fleet-3')
    fireEvent.click(screen.getByRole('switch', { name: 'DRY_RUN' }))
    expect(screen.getByRole('alertdialog', { name: 'Switch to NO ORDERS' })).toBeDefined()
    expect(screen.getByRole('switch', { name: 'DRY_RUN', hidden: true }).getAttribute('aria-checked')).toBe(
      'true',
    )
    expect(asked.acts).toEqual([])
  })

  test('shows why the engine refused, and stays', async () => {
    const asked = showScene('leave-safe')
    asked.failure = Object.assign(new Error('LIVE needs a green preflight.'), {
      data: { hint: 'Keep DRY_RUN on.' },
    })
    type('LIVE')
    fireEvent.click(confirm('LIVE'))
    const dialog = screen.getByRole('alertdialog', { name: 'Switch to LIVE' })
    expect((await within(dialog).findByRole('alert')).textContent).toBe(
      'LIVE needs a green preflight.Keep DRY_RUN on.',
    )
  })

  test('is left by Escape without a change', async () => {
    const asked = showScene('leave-safe')
    type('LIVE')
    escape()
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(asked.acts).toEqual([])
  })
})
