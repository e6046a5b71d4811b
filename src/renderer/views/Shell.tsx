import { CSPProvider } from '@base-ui/react/csp-provider'
import type { ReactNode } from 'react'
import { TipLayer } from '../components/TipLayer'
import { useFleet } from '../state/fleetStore'
import { JoinDialogs } from '../join/JoinDialogs'
import { NodeKeys } from '../join/NodeKeys'
import { UndoBar } from '../join/UndoBar'
import { StartChooser } from '../plans/LazyPlans'
import { ActionsProvider, type FleetActions } from './actions'
import { Header } from './Header'
import { HostKeyDialogs } from './HostKeyDialogs'
import { LeaveSafeDialog } from './LeaveSafeDialog'
import { LastProblem } from './LastProblem'
import { LostBanner } from './LostBanner'
import { MainNav } from './MainNav'
import { isLoud } from './modeWords'
import { StatusBar } from './StatusBar'
import { StopDialog } from './StopDialog'
import { useTheme } from './useTheme'

export interface ShellProps {
  readonly actions: FleetActions
  readonly onOpenPalette: () => void
  /** The screen of `screenStore`'s choice. */
  readonly children: ReactNode
  /** The log dock under it; none on the screen that is all logs. */
  readonly dock?: ReactNode
}

/** Everything that stands on every screen, and the dialogs that may open over any. */
export function Shell({ actions, onOpenPalette, children, dock }: ShellProps) {
  useTheme()
  const mode = useFleet(state => state.mode.name)
  return (
    <CSPProvider disableStyleElements>
      <ActionsProvider value={actions}>
        <div className="shell" data-loud={isLoud(mode) ? '' : undefined}>
          <Header onOpenPalette={onOpenPalette} />
          <div className="shell-middle">
            <MainNav />
            <main className="shell-main">
              <div className="shell-news">
                <LostBanner />
                <LastProblem />
              </div>
              {children}
              {dock}
              <UndoBar />
              <TipLayer />
            </main>
          </div>
          <StatusBar />
        </div>
        <StopDialog />
        <HostKeyDialogs />
        <LeaveSafeDialog />
        <JoinDialogs />
        <StartChooser />
        <NodeKeys />
      </ActionsProvider>
    </CSPProvider>
  )
}
