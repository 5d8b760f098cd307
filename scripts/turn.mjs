/**
 * One process at a time in a folder.
 *
 * Promise: a turn ends with its process, however it ends; what a
 * dead process left is taken over by one of those who wait.
 */
import { mkdirSync, readFileSync, readlinkSync, rmSync, rmdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const pause = () => new Promise((resolve) => setTimeout(resolve, 200))

/** Returns when it is this process's turn; `onWait` is called once if that is not now. */
export async function takeTurn(folder, onWait) {
  mkdirSync(folder, { recursive: true })
  const lock = join(folder, 'turn')
  for (let told = false; !take(lock); await pause()) {
    const holder = holderOf(lock)
    if (holder !== null && !isAlive(holder)) takeOver(lock, holder)
    else if (!told) {
      told = true
      onWait()
    }
  }
  process.once('exit', () => rmSync(lock, { force: true }))
}

/** A link is made by one process only, and carries its words from its first moment. */
function take(lock) {
  try {
    symlinkSync(`${process.pid}-${birthOf(process.pid)}`, lock)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function holderOf(lock) {
  try {
    return readlinkSync(lock)
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * One of several who saw the same dead holder: else the second would remove what the first has taken since.
 */
function takeOver(lock, holder) {
  const claim = `${lock}-${holder}`
  try {
    mkdirSync(claim)
  } catch (error) {
    if (error.code === 'EEXIST') return
    throw error
  }
  if (holderOf(lock) === holder) rmSync(lock)
  rmdirSync(claim)
}

function isAlive(holder) {
  const [pid, birth] = holder.split('-')
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    // Somebody else's process is alive too.
    return error.code === 'EPERM'
  }
  return birth === birthOf(pid)
}

/**
 * Numbers of processes are used again, after the restart of a container
 * at once. Where the system does not tell a birth, the number must do.
 */
function birthOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19]
  } catch {
    return ''
  }
}
