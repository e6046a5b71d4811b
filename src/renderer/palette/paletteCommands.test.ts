// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { node, NOW_MS, run, worker } from '../gallery/builders'
import { plan } from '../gallery/plans'
import { fleetStore, initialState } from '../state/fleetStore'
import { createRecordedActions } from '../state/recordedActions'
import { initialScreen, screenStore } from '../views/screenStore'
import { matchingGroups, paletteGroups } from './paletteCommands'

const running = run({
  id: 'r1',
  plan: 'kelly',
  state: 'running',
  startedAgoS: 1_267,
  workers: [worker({ node: 'this-pc', index: 1, nodeIndex: 1 })],
})

function open(runs = [running]) {
  const { actions, asked } = createRecordedActions()
  const state = {
    ...initialState,
    engine: 'live' as const,
    app: { version: '1', home: '/home/w1/drydock', fleetFile: '/home/w1/drydock/fleet.yaml' },
    nodes: [node({ name: 'this-pc' }), node({ name: 'pc2', link: { state: 'disabled', sinceMs: 0 } })],
    plans: [plan('kelly', ['this-pc'], 1), plan('walk', ['pc2'], 1)],
    runs,
  }
  const setTheme = async (theme: string): Promise<void> => void asked.push(['setTheme', theme])
  const groups = paletteGroups(state, { actions, setTheme, nowMs: NOW_MS })
  const items = groups.flatMap(group => group.items)
  const find = (title: string) => items.find(item => item.title === title)
  return { asked, groups, items, find }
}

beforeEach(() => screenStore.setState(initialScreen))

describe('the palette offers', () => {
  it('screens, plans, a stop that asks first, nodes, logs, themes, paths and keys', () => {
    const titles = open().groups.map(group => group.items.map(item => item.title).join(', '))
    expect(titles).toEqual([
      'Fleet, Runs, Results, Logs, Settings',
      'Start kelly, Start walk, Stop…',
      'New plan, Edit plan kelly, Duplicate plan kelly, Delete plan kelly, ' +
        'Edit plan walk, Duplicate plan walk, Delete plan walk',
      'Add machines…, Details of this-pc, Diagnose this-pc, Reconnect this-pc, Edit this-pc…, ' +
        'Details of pc2, Diagnose pc2, Reconnect pc2, Edit pc2…',
      'Show or hide the logs, Show logs of kelly',
      'Dark theme, Light theme, Theme of the computer, Copy the path of fleet.yaml, ' +
        'Copy the path of the state folder, Keyboard shortcuts',
    ])
  })

  it('a start under the same conditions as the button, with the reason', () => {
    const { find } = open()
    expect([find('Start kelly')?.refusal, find('Start walk')?.refusal]).toEqual([
      'kelly is already running.',
      'No node of walk is online: pc2.',
    ])
    const { find: findIdle, asked } = open([])
    findIdle('Start kelly')?.run()
    expect(asked).toEqual([['startTraining', 'kelly']])
  })

  it('nothing that changes the run mode or stops by itself', () => {
    fleetStore.setState({ engine: 'live', runs: [running] })
    const { items, asked } = open()
    for (const item of items) if (item.refusal === null) item.run()
    expect(asked).toEqual([
      ['reconnect', 'this-pc'],
      ['showLogs', 'r1', null],
      ['setTheme', 'dark'],
      ['setTheme', 'light'],
      ['setTheme', 'system'],
      ['copyText', '/home/w1/drydock/fleet.yaml'],
      ['copyText', '/home/w1/drydock'],
    ])
    expect(screenStore.getState().stop).toEqual({ step: 'choose' })
  })

  it('no stop when nothing runs', () => {
    expect(open([]).find('Stop…')?.refusal).toBe('Nothing is running.')
  })

  it('what matches every word typed, wherever it stands', () => {
    const titles = (query: string) =>
      matchingGroups(open().groups, query).flatMap(group => group.items.map(item => item.title))
    expect(titles('logs KELLY')).toEqual(['Show logs of kelly'])
    expect(titles('theme light')).toEqual(['Light theme'])
    expect(titles('nothing like it')).toEqual([])
  })
})
