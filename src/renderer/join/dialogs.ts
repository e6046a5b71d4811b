/** Everything that is needed only when one of these dialogs opens: not a part of the first screen. */
export { AddDialog } from './AddDialog'
export { EditDialog } from './EditDialog'
export { LoginDialog } from './LoginDialog'
export { RemoveDialog } from './RemoveDialog'
