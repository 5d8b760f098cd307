/** Where a Chromium is installed: playwright's own download fails on closed networks. */
import { existsSync } from 'node:fs'

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** @returns {string | undefined} */
export function findChromium() {
  return [process.env.CARILLON_CHROMIUM, process.env.CHROMIUM_PATH, ...USUAL].find(
    (it) => it && existsSync(it),
  )
}
