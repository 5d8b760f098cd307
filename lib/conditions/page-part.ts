/** The thread in which a part of a page becomes text; see `sources/page.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { parseHTML } from 'linkedom'

const { html, selector } = workerData as { html: string; selector: string }
const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`)
for (const it of document.querySelectorAll('script, style, noscript, template')) it.remove()
const part = selector === '' ? document.body : document.querySelector(selector)
parentPort?.postMessage(part === null ? null : (part.textContent ?? '').replace(/\s+/g, ' ').trim())
