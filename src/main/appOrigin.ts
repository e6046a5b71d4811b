/** The one origin that the window shows and the door serves. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'drydock'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`

/**
 * While developing, the page comes from the development server, which reloads it at every change. A built app does not
 * contain that branch: `import.meta.env.DEV` is a constant of the build.
 */
export function pageOrigin(): string {
  if (import.meta.env.DEV) {
    const server = process.env['ELECTRON_RENDERER_URL']
    if (server !== undefined) return new URL(server).origin
  }
  return APP_ORIGIN
}
