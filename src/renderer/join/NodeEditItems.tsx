import { Menu } from '@base-ui/react/menu'
import { ArrowDown, ArrowUp, KeyRound, Pencil, Power, PowerOff, Trash2 } from 'lucide-react'
import type { NodeView } from '../../contract/nodes'
import { shortcutWords } from '../shortcuts'
import { fleetStore } from '../state/fleetStore'
import { useActions } from '../views/actions'
import { moveNode, openEdit, openLogin, openRemove, setDisabled } from './joinCommands'
import { wantsLogin } from './wantsLogin'

/** The part of a node's menu that changes the fleet. */
export function NodeEditItems({ node }: { node: NodeView }) {
  const actions = useActions()
  const { nodes } = fleetStore.getState()
  const at = nodes.findIndex(one => one.name === node.name)
  const isDisabled = node.link.state === 'disabled'
  return (
    <>
      <Menu.Separator className="menu-line" />
      {wantsLogin(node) ? (
        <Menu.Item className="menu-item" onClick={() => openLogin(node.name)}>
          <KeyRound size={14} strokeWidth={1.75} aria-hidden />
          Log in…
        </Menu.Item>
      ) : null}
      <Menu.Item className="menu-item" onClick={() => openEdit(node)}>
        <Pencil size={14} strokeWidth={1.75} aria-hidden />
        Edit…
      </Menu.Item>
      <Menu.Item
        className="menu-item"
        disabled={at <= 0}
        aria-keyshortcuts="Alt+ArrowUp"
        onClick={() => moveNode(actions, node.name, -1)}
      >
        <ArrowUp size={14} strokeWidth={1.75} aria-hidden />
        Move up
        <Keys name="moveUp" />
      </Menu.Item>
      <Menu.Item
        className="menu-item"
        disabled={at < 0 || at === nodes.length - 1}
        aria-keyshortcuts="Alt+ArrowDown"
        onClick={() => moveNode(actions, node.name, 1)}
      >
        <ArrowDown size={14} strokeWidth={1.75} aria-hidden />
        Move down
        <Keys name="moveDown" />
      </Menu.Item>
      <Menu.Item className="menu-item" onClick={() => setDisabled(actions, node.name, !isDisabled)}>
        {isDisabled ? (
          <Power size={14} strokeWidth={1.75} aria-hidden />
        ) : (
          <PowerOff size={14} strokeWidth={1.75} aria-hidden />
        )}
        {isDisabled ? 'Enable' : 'Disable'}
      </Menu.Item>
      <Menu.Item className="menu-item" onClick={() => openRemove(node.name)}>
        <Trash2 size={14} strokeWidth={1.75} aria-hidden />
        Remove…
      </Menu.Item>
    </>
  )
}

const Keys = ({ name }: { name: 'moveUp' | 'moveDown' }) => (
  <kbd className="kbd ml-auto" aria-hidden>
    {shortcutWords(name)[0]}
  </kbd>
)
