import { AddDialog } from './AddDialog'
import { EditDialog } from './EditDialog'
import { useJoin } from './joinStore'
import { LoginDialog } from './LoginDialog'
import { RemoveDialog } from './RemoveDialog'

/** The dialogs by which machines join, log in, change and leave. None opens by itself. */
export function JoinDialogs() {
  const dialog = useJoin(state => state.dialog)
  switch (dialog?.kind) {
    case undefined:
      return null
    case 'add':
      return <AddDialog />
    case 'login':
      return <LoginDialog key={dialog.node} name={dialog.node} phase={dialog.phase} />
    case 'edit':
      return <EditDialog key={dialog.node} {...dialog} />
    case 'remove':
      return <RemoveDialog key={dialog.node} {...dialog} />
    default:
      return dialog satisfies never
  }
}
