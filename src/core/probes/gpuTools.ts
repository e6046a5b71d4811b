import script from './gpuTools.sh?raw'

/** Runs the driver's tools on demand; its arguments are the session's nonce, and pid and start time of one that hung. */
export const gpuToolsScript = script
