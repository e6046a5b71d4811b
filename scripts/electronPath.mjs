// @ts-check
// Prints the path of the Electron in use, and nothing else, on stdout.
import { main } from './commands.mjs'
import { findElectron } from './electron.mjs'

await main(async () => {
  const { executable } = await findElectron()
  console.log(executable)
})
