import { Plus, Search } from 'lucide-react'
import { IconButton } from '../components/Button'
import { openAdd } from '../join/joinCommands'
import { ModeGroup } from './ModeGroup'
import { PlanPicker } from './PlanPicker'
import { TrainingButtons } from './TrainingButtons'

const isMac = navigator.userAgent.includes('Macintosh')

/** Mode at the far left, START and STOP at the far right, on every screen. */
export function Header({ onOpenPalette }: { onOpenPalette: () => void }) {
  return (
    <header className="header">
      <ModeGroup />
      <button
        type="button"
        className="search"
        aria-keyshortcuts={isMac ? 'Meta+K' : 'Control+K'}
        onClick={onOpenPalette}
      >
        <Search size={14} strokeWidth={1.75} aria-hidden />
        <span>Search</span> <span className="search-more">or run…</span>
        <kbd className="kbd">{isMac ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <div className="header-end">
        <IconButton name="Add machines" className="header-add" onClick={() => openAdd()}>
          <Plus size={16} strokeWidth={1.75} aria-hidden />
        </IconButton>
        <PlanPicker />
        <TrainingButtons />
      </div>
    </header>
  )
}
