import type { Settings } from '../../contract/events'
import { startTime } from '../format'
import { openAdd, openEdit, openLogin } from '../join/joinCommands'
import { wantsLogin } from '../join/wantsLogin'
import { toggleDock } from '../logs/logPanelStore'
import { deletePlan, duplicatePlan, openPlan, openStart } from '../plans/planCommands'
import { shortcutWords } from '../shortcuts'
import type { FleetState } from '../state/fleetStore'
import type { FleetActions } from '../views/actions'
import { attempt } from '../views/attempt'
import { openStop } from '../views/commands'
import { openNode } from '../views/openNode'
import { startRefusal, stopRefusal } from '../views/refusals'
import { type Screen, screenStore } from '../views/screenStore'
import { openShortcuts } from './paletteStore'

/** Something the palette can do. None of them changes the run mode, and none stops a run by itself. */
export interface PaletteCommand {
  readonly id: string
  readonly title: string
  /** At the right: what it is about, or its keys. */
  readonly note: string | null
  /** Why it cannot be done now; null when it can. */
  readonly refusal: string | null
  readonly run: () => void
}

export interface PaletteGroup {
  readonly title: string
  readonly items: readonly PaletteCommand[]
}

export interface PaletteDeps {
  readonly actions: FleetActions
  readonly setTheme: (theme: Settings['theme']) => Promise<void>
  readonly nowMs: number
}

/** So many of the newest runs are offered. */
const RUNS_OFFERED = 20

/** Everything the palette offers now, in groups. */
export function paletteGroups(state: FleetState, deps: PaletteDeps): readonly PaletteGroup[] {
  return [
    // First what does no harm: the first item is what Enter does.
    { title: 'Go to', items: screenCommands() },
    { title: 'Training', items: trainingCommands(state, deps) },
    { title: 'Plans', items: planCommands(state, deps) },
    { title: 'Nodes', items: nodeCommands(state, deps) },
    { title: 'Logs', items: logCommands(state, deps) },
    { title: 'Drydock', items: appCommands(state, deps) },
  ].filter(group => group.items.length > 0)
}

/** The groups with what matches: every word of `query` is somewhere in the title, its group or its note. */
export function matchingGroups(groups: readonly PaletteGroup[], query: string): readonly PaletteGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return groups
    .map(({ title, items }) => ({
      title,
      items: items.filter(item => {
        const text = `${title} ${item.title} ${item.note ?? ''}`.toLowerCase()
        return words.every(word => text.includes(word))
      }),
    }))
    .filter(group => group.items.length > 0)
}

const command = (
  id: string,
  title: string,
  run: () => void,
  more: Partial<Pick<PaletteCommand, 'note' | 'refusal'>> = {},
): PaletteCommand => ({ id, title, note: null, refusal: null, run, ...more })

function trainingCommands(state: FleetState, { actions }: PaletteDeps): readonly PaletteCommand[] {
  return [
    ...state.plans.map(plan =>
      command(
        `start ${plan.name}`,
        `Start ${plan.name}`,
        () => attempt(() => actions.startTraining(plan.name)),
        {
          note: plan.nodes.join(', '),
          refusal: startRefusal(state, plan),
        },
      ),
    ),
    ...state.plans
      .filter(plan => plan.tracks.length > 1)
      .map(plan =>
        command(`tracks ${plan.name}`, `Choose tracks of ${plan.name}…`, () => openStart(plan.name), {
          note: plan.tracks.map(track => track.name).join(', '),
          refusal: startRefusal(state, plan),
        }),
      ),
    command('stop', 'Stop…', openStop, { note: 'asks first', refusal: stopRefusal(state) }),
  ]
}

const planCommands = ({ plans }: FleetState, { actions }: PaletteDeps): readonly PaletteCommand[] => [
  command('new plan', 'New plan', () => openPlan(null)),
  ...plans.flatMap(({ name, engine }) => [
    command(`edit plan ${name}`, `Edit plan ${name}`, () => openPlan(name), { note: engine }),
    command(`duplicate ${name}`, `Duplicate plan ${name}`, () => duplicatePlan(actions, name)),
    command(`delete ${name}`, `Delete plan ${name}`, () => deletePlan(actions, name), {
      note: 'can be taken back',
    }),
  ]),
]

const SCREENS: readonly (readonly [Screen, string])[] = [
  ['fleet', 'Fleet'],
  ['runs', 'Runs'],
  ['results', 'Results'],
  ['logs', 'Logs'],
  ['settings', 'Settings'],
]
const screenCommands = (): readonly PaletteCommand[] =>
  SCREENS.map(([screen, name]) => command(`go ${screen}`, name, () => screenStore.setState({ screen })))

const nodeCommands = ({ nodes }: FleetState, { actions }: PaletteDeps): readonly PaletteCommand[] => [
  command('add machines', 'Add machines…', () => openAdd()),
  ...nodes
    .filter(wantsLogin)
    .map(({ name, address }) =>
      command(`log in ${name}`, `Log in to ${name}…`, () => openLogin(name), { note: address }),
    ),
  ...nodes.flatMap(node => {
    const { name, link, address } = node
    const note = address
    return [
      command(`details ${name}`, `Details of ${name}`, () => openNode(name), { note }),
      command(`diagnose ${name}`, `Diagnose ${name}`, () => openNode(name, 'diagnosis'), { note }),
      command(`reconnect ${name}`, `Reconnect ${name}`, () => attempt(() => actions.reconnect(name)), {
        note,
        refusal: link.state === 'disabled' ? `${name} is disabled in fleet.yaml.` : null,
      }),
      command(`edit ${name}`, `Edit ${name}…`, () => openEdit(node), { note }),
    ]
  }),
]

function logCommands({ runs }: FleetState, { actions, nowMs }: PaletteDeps): readonly PaletteCommand[] {
  return [
    command('dock', 'Show or hide the logs', toggleDock, { note: shortcutWords('toggleDock')[0] ?? null }),
    ...runs.slice(0, RUNS_OFFERED).map(run =>
      command(`logs ${run.id}`, `Show logs of ${run.plan}`, () => actions.showLogs(run.id, null), {
        note: `${run.state} · ${startTime(run.startedAtMs, nowMs)} UTC`,
      }),
    ),
  ]
}

const THEMES: readonly (readonly [Settings['theme'], string])[] = [
  ['dark', 'Dark theme'],
  ['light', 'Light theme'],
  ['system', 'Theme of the computer'],
]
function appCommands(
  { app, settings }: FleetState,
  { actions, setTheme }: PaletteDeps,
): readonly PaletteCommand[] {
  const copy = (what: string, path: string): PaletteCommand =>
    command(`copy ${what}`, `Copy the path of ${what}`, () => attempt(() => actions.copyText(path)), {
      note: path,
      refusal: path === '' ? 'The engine has not said where it is yet.' : null,
    })
  return [
    ...THEMES.map(([theme, title]) =>
      command(`theme ${theme}`, title, () => attempt(() => setTheme(theme)), {
        note: settings.theme === theme ? 'in use' : null,
      }),
    ),
    copy('fleet.yaml', app.fleetFile),
    copy('the state folder', app.home),
    command('shortcuts', 'Keyboard shortcuts', openShortcuts),
  ]
}
