// @ts-check
// Opens the control panel on this desktop, after whatever set-up it still needs.
import { ensureBuilt } from './build.mjs'
import { main, run } from './commands.mjs'
import { findElectron } from './electron.mjs'
import { ensureSystem, sandboxObstacle } from './system.mjs'

await main(async () => {
  refuseWhatCannotWork()
  await ensureSystem(['run'])
  const electron = await findElectron()
  const obstacle = sandboxObstacle(electron.folder)
  if (obstacle !== null) throw new Error(obstacle)
  await ensureBuilt()
  return run(
    electron.executable,
    ['out/main/index.js', ...switches(), ...process.argv.slice(2)],
    environment(),
  )
})

function refuseWhatCannotWork() {
  if (process.platform !== 'linux') return
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Error(
      'There is no display here: start Drydock from a desktop session, over "ssh -X", or set DISPLAY to one that is ' +
        'running; "npm run sample" needs none.',
    )
  }
  if (process.geteuid?.() === 0) {
    throw new Error('Electron refuses to run as root: start Drydock as an ordinary user.')
  }
}

/** Older Electrons look for X11 alone. */
function switches() {
  return process.platform === 'linux' && !process.env.DISPLAY ? ['--ozone-platform-hint=auto'] : []
}

function environment() {
  const { ELECTRON_RUN_AS_NODE: _set, ...rest } = process.env
  return rest
}
