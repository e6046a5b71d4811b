import { Clipboard } from 'lucide-react'
import { IconButton } from '../components/Button'
import { useActions } from '../views/actions'
import { attempt } from '../views/attempt'

/** A command to type elsewhere, with a button that copies it. */
export function CopyLine({ text }: { text: string }) {
  const actions = useActions()
  return (
    <span className="copy-line">
      <code className="select-all">{text}</code>
      <IconButton name="Copy the command" size="s" onClick={() => attempt(() => actions.copyText(text))}>
        <Clipboard size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </span>
  )
}
