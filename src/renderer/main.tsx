import { createRoot } from 'react-dom/client'
import type { RunId, WorkerId } from '../contract/ids'
import { type LogWindowPlace, parseLogWindowHash } from '../contract/logWindow'
import { App } from './app'
import { connectToEngine, type EngineClient } from './client'
import { downloadLogs } from './logs/downloadLogs'
import { followOtherWindows } from './logs/logPanelStore'
import { showLogs } from './logs/showLogs'
import { copyText } from './state/copyText'
import { feedFromEngine } from './state/engineFeed'
import { createFleetActions, EngineLost } from './state/fleetActions'
import { applyBatch, fleetStore } from './state/fleetStore'
import { history } from './state/history'
import { createLogStore, type LogStore } from './state/logStore'
import { nextFrame, sleep } from './state/pageFrames'
import { saveText } from './state/saveText'
import { screenStore } from './views/screenStore'

/** Puts the parts together and draws. Everything it starts ends with the page. */
function start(root: HTMLElement): void {
  const page = new AbortController()
  const logs = createLogStore({ monotonicMs: () => performance.now(), nextFrame, sleep })
  let client: EngineClient | null = null
  const actions = createFleetActions({
    client: () => client,
    onStarted: () => screenStore.setState({ run: null }),
    copyText,
    saveText,
    showLogs,
    openDownload: (run: RunId, worker: WorkerId | null) =>
      downloadLogs(run, worker === null ? null : [{ id: worker }]),
  })
  const feed = feedFromEngine(
    {
      connect: connectToEngine,
      onClient(next) {
        client = next
        logs.use(next?.logs ?? null)
      },
      onBatch(batch) {
        history.applyBatch(batch)
        applyBatch(batch)
      },
      onLost: () => fleetStore.setState({ engine: 'lost' }),
      sleep,
    },
    page.signal,
  )
  feed.catch(reportError)
  page.signal.addEventListener('abort', followOtherWindows(), { once: true })
  window.addEventListener('pagehide', () => {
    page.abort()
    logs.close()
  })
  const place = parseLogWindowHash(window.location.hash)
  if (place !== null) {
    showLogWindow(root, place, logs).catch(reportError)
    return
  }
  createRoot(root).render(
    <App
      actions={actions}
      logs={logs}
      setTheme={async theme => {
        if (client === null) throw new EngineLost()
        await client.settings.set({ theme })
      }}
    />,
  )
}

/** The main window does without it. */
async function showLogWindow(root: HTMLElement, place: LogWindowPlace, logs: LogStore): Promise<void> {
  const { LogWindow } = await import('./logs/LogWindow')
  createRoot(root).render(<LogWindow place={place} logs={logs} />)
}

const root = document.getElementById('root')
if (root !== null) start(root)
