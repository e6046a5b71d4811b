import { defineConfig } from 'vitest/config'

// Generous: a busy machine is no failure.
const shared = {
  dangerouslyIgnoreUnhandledErrors: false,
  restoreMocks: true,
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.{ts,mjs}', 'e2e/rig/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
          // A stylesheet that a test reads as text; all others are empty in tests.
          css: { include: [/\.css\?raw$/] },
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['src/**/*.integration.test.ts', 'e2e/rig/*.integration.test.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
})
