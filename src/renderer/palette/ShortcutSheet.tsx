import { Dialog } from '@base-ui/react/dialog'
import { Button } from '../components/Button'
import { SHORTCUTS, type ShortcutName, shortcutWords } from '../shortcuts'
import { closePalette, usePalette } from './paletteStore'

/** The keys, as a dialog of their own. */
export function ShortcutSheet() {
  const isOpen = usePalette(state => state.open === 'shortcuts')
  return (
    <Dialog.Root open={isOpen} onOpenChange={open => (open ? undefined : closePalette())}>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim" />
        <Dialog.Popup className="modal" aria-label="Keyboard shortcuts">
          <div className="modal-body">
            <h2>Keyboard shortcuts</h2>
            <div className="modal-part">
              <ShortcutTable />
            </div>
          </div>
          <div className="modal-buttons">
            <Dialog.Close render={<Button>Close</Button>} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const NAMES = Object.keys(SHORTCUTS) as ShortcutName[]

export function ShortcutTable() {
  return (
    <>
      <table className="shortcuts" aria-label="Keyboard shortcuts">
        <thead className="sr-only">
          <tr>
            <th scope="col">What it does</th>
            <th scope="col">Keys</th>
          </tr>
        </thead>
        <tbody>
          {NAMES.map(name => (
            <tr key={name}>
              <td>{SHORTCUTS[name].what}</td>
              <td>
                {shortcutWords(name).map(keys => (
                  <kbd key={keys} className="kbd">
                    {keys}
                  </kbd>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="text-dense text-t3">Nothing that starts, stops or lets orders through has a key.</p>
    </>
  )
}
