import { X } from 'lucide-react'
import { IconButton } from '../components/Button'
import { Notice } from '../components/Notice'
import { screenStore, useScreen } from './screenStore'

/** The last thing that did not work, until it is closed or the next thing is tried. */
export function LastProblem() {
  // While the stop dialog is open it shows the problem itself.
  const problem = useScreen(state => (state.stop === null ? state.problem : null))
  if (problem === null) return null
  return (
    <Notice severity="err" what={problem.what} fix={problem.fix}>
      <IconButton name="Close" size="s" onClick={() => screenStore.setState({ problem: null })}>
        <X size={14} strokeWidth={1.75} aria-hidden />
      </IconButton>
    </Notice>
  )
}
