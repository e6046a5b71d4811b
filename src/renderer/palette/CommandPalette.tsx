import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Settings } from '../../contract/events'
import { fleetStore } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { useTime } from '../views/clock'
import { matchingGroups, type PaletteCommand, type PaletteGroup, paletteGroups } from './paletteCommands'
import { closePalette, usePalette } from './paletteStore'

interface CommandPaletteProps {
  readonly setTheme: (theme: Settings['theme']) => Promise<void>
}

/** Everything that can be asked for, by typing. What it offers is what it was when it was opened. */
export function CommandPalette({ setTheme }: CommandPaletteProps) {
  const isOpen = usePalette(state => state.open === 'commands')
  return (
    <Dialog.Root open={isOpen} onOpenChange={open => (open ? undefined : closePalette())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="modal palette" aria-label="Command palette">
          <Commands setTheme={setTheme} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Commands({ setTheme }: CommandPaletteProps) {
  const actions = useActions()
  const nowMs = useTime()
  const [query, setQuery] = useState('')
  const [groups] = useState(() => paletteGroups(fleetStore.getState(), { actions, setTheme, nowMs: nowMs() }))
  const shown = useMemo(() => matchingGroups(groups, query), [groups, query])
  return (
    <Autocomplete.Root
      open
      inline
      items={shown}
      filter={null}
      value={query}
      onValueChange={(value, { reason }) => (reason === 'item-press' ? undefined : setQuery(value))}
      itemToStringValue={(item: PaletteCommand) => item.title}
      autoHighlight="always"
      keepHighlight
    >
      <div className="palette-field">
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <Autocomplete.Input
          className="palette-input"
          aria-label="Search commands"
          placeholder="Search or run…"
        />
        <Dialog.Close className="kbd" aria-label="Esc: close">
          Esc
        </Dialog.Close>
      </div>
      <div className="palette-list">
        <Autocomplete.Empty className="palette-empty">
          {shown.length === 0 ? `Nothing is called “${query}”.` : null}
        </Autocomplete.Empty>
        <Autocomplete.List>
          {(group: PaletteGroup) => (
            <Autocomplete.Group key={group.title} items={group.items}>
              <Autocomplete.GroupLabel className="palette-group">{group.title}</Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(item: PaletteCommand) => <Command key={item.id} item={item} />}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
    </Autocomplete.Root>
  )
}

function Command({ item }: { item: PaletteCommand }) {
  const run = (): void => {
    closePalette()
    item.run()
  }
  return (
    <Autocomplete.Item
      className="menu-item palette-item"
      value={item}
      disabled={item.refusal !== null}
      onClick={run}
    >
      <span className="flex-none">{item.title}</span>
      <span className="palette-note">{item.refusal ?? item.note}</span>
    </Autocomplete.Item>
  )
}
