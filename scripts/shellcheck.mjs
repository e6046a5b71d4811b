// @ts-check
// Every shell script, those that run on nodes first of all, has to be clean POSIX.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { capture, main, ROOT } from './commands.mjs'
import { hasCommand } from './system.mjs'

const FOLDERS = ['src', 'scripts', 'e2e', 'resources']

await main(async () => {
  if (!hasCommand('shellcheck')) {
    throw new Error('shellcheck is missing. Install it with: sudo apt-get install -y shellcheck')
  }
  const { code, output } = await capture('shellcheck', [
    '-s',
    'sh',
    '.ci/run',
    ...FOLDERS.flatMap(shellScripts),
  ])
  process.stdout.write(output)
  return code
})

/** @param {string} folder */
function shellScripts(folder) {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return names.filter(name => name.endsWith('.sh')).map(name => join(folder, name))
}
