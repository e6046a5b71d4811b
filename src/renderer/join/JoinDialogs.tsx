import { useEffect, useState } from 'react'
import type * as AllDialogs from './dialogs'
import { useJoin } from './joinStore'

type Dialogs = typeof AllDialogs

let dialogs: Dialogs | null = null

/** Hands the dialogs in, for pages that have them at hand. */
export function provideDialogs(given: Dialogs): void {
  dialogs = given
}

/** The dialogs by which machines join, log in, change and leave. None opens by itself; they are read after the screen. */
export function JoinDialogs() {
  const dialog = useJoin(state => state.dialog)
  const [shown, setShown] = useState(dialogs)
  useEffect(() => {
    async function read(): Promise<void> {
      provideDialogs(await import('./dialogs'))
      setShown(dialogs)
    }
    if (dialogs === null) void read()
  }, [])
  if (shown === null || dialog === null) return null
  const { AddDialog, LoginDialog, EditDialog, RemoveDialog } = shown
  switch (dialog.kind) {
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
