import { Component, type ErrorInfo, type ReactNode } from 'react'

interface CrashGuardProps {
  readonly children: ReactNode
}
interface CrashGuardState {
  readonly error: Error | null
}

/** Instead of an empty screen when drawing fails: what happened, and a way on. React wants a class for this. */
export class CrashGuard extends Component<CrashGuardProps, CrashGuardState> {
  override state: CrashGuardState = { error: null }

  static getDerivedStateFromError(error: unknown): CrashGuardState {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    // To whoever listens for errors of the page (the main process writes them to its log).
    reportError(new Error(`Drawing failed: ${error.message}${info.componentStack ?? ''}`, { cause: error }))
  }

  override render(): ReactNode {
    const { error } = this.state
    const again = (): void => this.setState({ error: null })
    return error === null ? this.props.children : <CrashNotice error={error} onAgain={again} />
  }
}

function CrashNotice({ error, onAgain }: { error: Error; onAgain: () => void }) {
  return (
    <div className="crash" role="alert">
      <strong>This part of the screen could not be drawn.</strong>
      <p>Runs are not touched by it: they live on their nodes.</p>
      <p className="crash-buttons">
        <button type="button" className="button" data-look="primary" onClick={onAgain}>
          Draw it again
        </button>
        <button type="button" className="button" data-look="quiet" onClick={() => window.location.reload()}>
          Reload the window
        </button>
      </p>
      <details>
        <summary>Details</summary>
        <pre>{error.stack ?? error.message}</pre>
      </details>
    </div>
  )
}
