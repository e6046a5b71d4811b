import { useMemo } from 'react'
import { CurrentScreen } from '../CurrentScreen'
import { LogDock } from '../logs/LogDock'
import { LogWindow } from '../logs/LogWindow'
import { CommandPalette } from '../palette/CommandPalette'
import { openPalette, openShortcuts } from '../palette/paletteStore'
import { ShortcutSheet } from '../palette/ShortcutSheet'
import * as dialogs from '../join/dialogs'
import { provideDialogs } from '../join/JoinDialogs'
import { initialJoin, joinStore } from '../join/joinStore'
import * as planParts from '../plans/planParts'
import { providePlanParts } from '../plans/LazyPlans'
import { initialPlans, planStore } from '../plans/planStore'
import { fleetStore } from '../state/fleetStore'
import { createIdleJoin } from '../state/idleJoin'
import { createIdlePlans } from '../state/idlePlans'
import type { FleetActions } from '../views/actions'
import { ClockProvider, fixedClock } from '../views/clock'
import { fleetLook, PLAIN_LOOK } from '../views/fleetLook'
import { screenStore, useScreen } from '../views/screenStore'
import { Shell } from '../views/Shell'
import { NOW_MS } from './builders'
import { ComponentsPage } from './ComponentsPage'
import { type Scene, SCENES } from './scenes'
import { createScriptedLogs } from './scriptedLogs'
import { seedHistory } from './seedHistory'

provideDialogs(dialogs)
providePlanParts(planParts)

const CLOCK = fixedClock(NOW_MS)
/** Dense scenes are drawn without the log dock, like on a screen that is all nodes. */
const DENSE_FROM = 13

/** Nothing happens in a picture. */
const nothing = async (): Promise<void> => {}
const IDLE: FleetActions = {
  ...createIdleJoin(),
  ...createIdlePlans(),
  startTraining: nothing,
  stopTraining: nothing,
  killSurvivor: nothing,
  takeOver: nothing,
  setMode: nothing,
  trustHostKey: nothing,
  refuseHostKey: nothing,
  reconnect: nothing,
  dismissAlert: nothing,
  readHistory: () => new Promise(() => {}),
  diagnose: () => new Promise(() => {}),
  copyText: nothing,
  saveText: () => {},
  showLogs: () => {},
  openDownload: () => {},
}

/** `fleet-3`, `fleet-3/light`, `components`; anything else is the list of all. */
export function Gallery({ address }: { address: string }) {
  const [name = '', theme = 'dark'] = address.split('/')
  const settings = { theme: theme === 'light' ? 'light' : 'dark' } as const
  if (name === 'components') return <ComponentsPage />
  const create = SCENES[name]
  return create === undefined ? <SceneList /> : <SceneScreen create={create} settings={settings} />
}

interface SceneScreenProps {
  readonly create: () => Scene
  readonly settings: { readonly theme: 'dark' | 'light' }
}

function SceneScreen({ create, settings }: SceneScreenProps) {
  const { logs, actions, isLogWindow } = useMemo(() => {
    const {
      state,
      screen,
      loadOf,
      look,
      overlay,
      join = initialJoin,
      plans = initialPlans,
      answers,
      ...more
    } = create()
    seedHistory(state.nodes, loadOf)
    fleetStore.setState({ ...state, settings })
    screenStore.setState(screen)
    joinStore.setState(join)
    planStore.setState(plans)
    fleetLook.setState({ ...PLAIN_LOOK, ...look })
    if (overlay === 'commands') openPalette()
    if (overlay === 'shortcuts') openShortcuts()
    const isWindow = overlay === 'log-window'
    return { logs: createScriptedLogs(more.logs), actions: { ...IDLE, ...answers }, isLogWindow: isWindow }
  }, [create, settings])
  const screen = useScreen(state => state.screen)
  if (isLogWindow) {
    return (
      <ClockProvider value={CLOCK}>
        <LogWindow logs={logs} place={null} />
      </ClockProvider>
    )
  }
  const isDense = fleetStore.getState().nodes.length >= DENSE_FROM
  const hasDock = !isDense && screen !== 'logs' && screen !== 'plan' && screen !== 'settings'
  return (
    <ClockProvider value={CLOCK}>
      <Shell actions={actions} onOpenPalette={() => {}} dock={hasDock ? <LogDock store={logs} /> : undefined}>
        <CurrentScreen screen={screen} logs={logs} setTheme={nothing} />
        <CommandPalette setTheme={nothing} />
        <ShortcutSheet />
      </Shell>
    </ClockProvider>
  )
}

function SceneList() {
  return (
    <main className="p-6">
      <h1 className="text-title font-semibold">Gallery</h1>
      <ul className="mt-3">
        {['components', ...Object.keys(SCENES)].map(name => (
          <li key={name}>
            <a className="text-accent underline" href={`#${name}`}>
              {name}
            </a>{' '}
            {name === 'components' ? null : (
              <a className="text-t3 underline" href={`#${name}/light`}>
                light
              </a>
            )}
          </li>
        ))}
      </ul>
    </main>
  )
}
