import type { Locator, Page } from '@playwright/test'

/** The fleet screen by the names that screen readers and scripts rely on. */
export function fleetPage(page: Page) {
  return {
    node: (name: string): Locator => page.getByRole('region', { name, exact: true }),
    link: (name: string): Locator => page.getByRole('status', { name: `${name} link`, exact: true }),
    gauge: (name: string, gauge: string): Locator =>
      page.getByRole('meter', { name: `${name} ${gauge}`, exact: true }),
    hostKeyDialog: (name: string): Locator =>
      page.getByRole('alertdialog', { name: `Unknown host key: ${name}` }),
    changedKey: (name: string): Locator => page.getByRole('alert', { name: `Host key changed: ${name}` }),
    start: page.getByRole('button', { name: 'Start training', exact: true }),
    stop: page.getByRole('button', { name: 'Stop training', exact: true }),
    stopDialog: page.getByRole('alertdialog', { name: 'Stop training' }),
    stopResult: page.getByRole('status', { name: 'Stop result' }),
    plan: page.getByRole('combobox', { name: 'Plan', exact: true }),
    mode: page.getByRole('status', { name: 'Run mode' }),
    dryRun: page.getByRole('switch', { name: 'DRY_RUN' }),
    allowOrders: page.getByRole('switch', { name: 'ALLOW_ORDERS' }),
    runs: page.getByRole('table', { name: 'Runs' }),
    /** Newest first, without the heading. */
    runRows: page
      .getByRole('table', { name: 'Runs' })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') }),
    results: page.getByRole('table', { name: 'Results' }),
    resultRows: page
      .getByRole('table', { name: 'Results' })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') }),
    logs: page.getByRole('log', { name: 'Logs' }),
    logFilter: page.getByRole('searchbox', { name: 'Filter logs' }),
    follow: page.getByRole('switch', { name: 'Follow' }),
    download: page.getByRole('button', { name: 'Download logs' }),
    alerts: page.getByRole('alert'),

    async choosePlan(name: string): Promise<void> {
      await page.getByRole('combobox', { name: 'Plan', exact: true }).click()
      await page.getByRole('listbox').getByRole('option', { name }).click()
    },

    async trust(node: string): Promise<void> {
      const dialog = page.getByRole('alertdialog', { name: `Unknown host key: ${node}` })
      await dialog.getByRole('button', { name: 'Trust this key' }).click()
    },

    /** Presses STOP and, in the dialog, Stop now; returns once there is a result. */
    async stopAll(): Promise<void> {
      await page.getByRole('button', { name: 'Stop training', exact: true }).click()
      await page
        .getByRole('alertdialog', { name: 'Stop training' })
        .getByRole('button', { name: 'Stop now' })
        .click()
      await page.getByRole('status', { name: 'Stop result' }).waitFor()
    },
  }
}

export type FleetPage = ReturnType<typeof fleetPage>
