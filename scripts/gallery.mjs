// @ts-check
// Every screen and component in every state, with fixed data: `npm run gallery` serves it for a browser,
// `npm run gallery -- --shots <folder>` takes a picture of every scene in both themes.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { main } from './commands.mjs'
import { openDisplay } from './display.mjs'
import { findElectron } from './electron.mjs'
import { buildGallery, openGallery, sceneNames, serveGallery, showScene, THEMES } from './galleryServer.mjs'
import { ensureSystem } from './system.mjs'

await main(async () => {
  const folder = shotsFolder(process.argv.slice(2))
  await buildGallery()
  const gallery = await serveGallery()
  if (folder === null) {
    console.log(`The gallery is at ${gallery.address} until Ctrl+C.`)
    await new Promise(stop => process.once('SIGINT', stop).once('SIGTERM', stop))
    return gallery.close()
  }
  try {
    await takeShots(gallery.address, folder)
  } finally {
    await gallery.close()
  }
})

/** @param {readonly string[]} args */
function shotsFolder(args) {
  const at = args.indexOf('--shots')
  if (at < 0) return null
  const folder = args[at + 1]
  if (folder === undefined) throw new Error('Usage: npm run gallery -- --shots <folder>')
  return resolve(folder)
}

/**
 * @param {string} address
 * @param {string} folder
 */
async function takeShots(address, folder) {
  await ensureSystem(['run', 'display'])
  const electron = await findElectron()
  const display = await openDisplay()
  try {
    const { app, page } = await openGallery(electron, address, { ...process.env, ...display.env })
    try {
      await mkdir(folder, { recursive: true })
      for (const name of await sceneNames(page, address)) {
        for (const theme of THEMES) {
          await showScene(page, address, name, theme)
          await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
        }
      }
    } finally {
      await app.close()
    }
  } finally {
    await display.close()
  }
  console.log(`Pictures: ${folder}`)
}
