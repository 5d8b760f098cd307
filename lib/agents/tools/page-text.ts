/** The thread in which one page becomes text; see `read-page.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { Defuddle } from 'defuddle/node'

const { html, url } = workerData as { html: string; url: string }
const { title, content } = await Defuddle(html, url, { markdown: true })
parentPort?.postMessage({ title: title || null, text: content ?? '' })
