// @ts-check
// Builds the measurements like the engine is built, and runs them in plain Node.
import { main, runNode } from './commands.mjs'

await main(async () => {
  const target = ['--target', 'node20']
  const build = ['build', '--ssr', 'bench/main.ts', ...target, '--outDir', 'out/bench', '--logLevel', 'warn']
  const code = await runNode('node_modules/vite/bin/vite.js', build)
  return code === 0 ? runNode('out/bench/main.js', process.argv.slice(2)) : code
})
