// @ts-check
// The app with a page that reloads itself at every change, and an engine that restarts.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { main, ROOT, runNode } from './commands.mjs'
import { findElectron } from './electron.mjs'
import { ensureSystem } from './system.mjs'

await main(async () => {
  await ensureSystem(['run'])
  const { executable } = await findElectron()
  const args = ['dev', '--watch', ...process.argv.slice(2)]
  try {
    return await runNode('node_modules/electron-vite/bin/electron-vite.js', args, {
      ...process.env,
      ELECTRON_EXEC_PATH: executable,
    })
  } finally {
    // What was built here trusts the development server: nobody is to start it by accident.
    await rm(join(ROOT, 'out', 'main'), { recursive: true, force: true })
  }
})
