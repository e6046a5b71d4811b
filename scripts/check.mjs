// @ts-check
// Format, lint, types, unused code, shell scripts: all of them, whatever the first ones say.
import { runChecks } from './checks.mjs'
import { main } from './commands.mjs'

await main(async () => ((await runChecks()).failed > 0 ? 1 : 0))
