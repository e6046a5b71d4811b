import { Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../contract/events'
import { IconButton } from '../components/Button'
import { ShortcutTable } from '../palette/ShortcutSheet'
import { useFleet } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { attempt } from '../views/attempt'
import { DENSITIES, type Density, fleetLook, useFleetLook } from '../views/fleetLook'

interface SettingsViewProps {
  readonly setTheme: (theme: Settings['theme']) => Promise<void>
}

/** Few things to choose, and where everything is. */
export function SettingsView({ setTheme }: SettingsViewProps) {
  const app = useFleet(state => state.app)
  return (
    <div className="screen settings">
      <h1 className="settings-title">Settings</h1>
      <ThemeChoice setTheme={setTheme} />
      <DensityChoice />
      <Section title="Where things are">
        <dl className="settings-paths">
          <Path name="Machines and plans" path={app.fleetFile} />
          <Path name="Drydock’s own folder" path={app.home} />
        </dl>
        <p className="text-t2">
          Nothing outside this folder is written on this PC, and ~/.ssh is only read. fleet.yaml can be edited
          while Drydock runs.
        </p>
      </Section>
      <Section title="What Drydock runs on your machines">
        <p className="text-t2">
          Plain POSIX shell scripts over your own SSH login: one that reads /proc once a second for the
          gauges, nvidia-smi where there is one, and, when you press START or STOP, one that starts your
          command in a folder of its own under ~/.drydock, or ends it and looks whether anything of it is
          left. Nothing is installed, no port is opened, no password or key leaves this PC, and there is no
          account and no telemetry.
        </p>
      </Section>
      <Section title="Keyboard shortcuts">
        <ShortcutTable />
      </Section>
      <p className="text-dense text-t3">Drydock {app.version === '' ? '—' : app.version}</p>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="settings-part" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

const THEMES: readonly (readonly [Settings['theme'], string])[] = [
  ['dark', 'Dark'],
  ['light', 'Light'],
  ['system', 'Like the computer'],
]

function ThemeChoice({ setTheme }: SettingsViewProps) {
  const chosen = useFleet(state => state.settings.theme)
  return (
    <fieldset className="settings-part">
      <legend>Theme</legend>
      <div className="settings-radios" role="radiogroup" aria-label="Theme">
        {THEMES.map(([theme, name]) => (
          <label key={theme}>
            <input
              type="radio"
              name="theme"
              value={theme}
              checked={theme === chosen}
              onChange={() => attempt(() => setTheme(theme))}
            />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

const DENSITY_NAMES: Readonly<Record<Density, string>> = {
  auto: 'By the number of machines',
  comfortable: 'Comfortable',
  compact: 'Compact',
}

function DensityChoice() {
  const chosen = useFleetLook(look => look.density)
  return (
    <fieldset className="settings-part">
      <legend>Density</legend>
      <div className="settings-radios" role="radiogroup" aria-label="Density">
        {DENSITIES.map(density => (
          <label key={density}>
            <input
              type="radio"
              name="density"
              value={density}
              checked={density === chosen}
              onChange={() => fleetLook.setState({ density })}
            />
            {DENSITY_NAMES[density]}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Path({ name, path }: { name: string; path: string }) {
  const actions = useActions()
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{path === '' ? '—' : path}</code>
        <IconButton
          name={`Copy the path: ${name}`}
          size="s"
          refusal={path === '' ? 'The engine has not said where it is yet.' : null}
          onClick={() => attempt(() => actions.copyText(path))}
        >
          <Copy size={14} strokeWidth={1.75} aria-hidden />
        </IconButton>
      </dd>
    </div>
  )
}
