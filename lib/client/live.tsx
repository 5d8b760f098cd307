'use client'
/** One socket a page, which follows the workspace that is open. */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { io, type Socket } from 'socket.io-client'
import { type Connection, type Drawn, followWorkspace } from './following.ts'

let socket: Socket | undefined
const pageSocket = () => {
  socket ??= io({
    path: '/socket.io',
    transports: ['websocket', 'polling'],
    reconnectionDelayMax: 30_000,
    randomizationFactor: 0.5,
    autoConnect: false,
  })
  return socket
}

const ConnectionContext = createContext<Connection>('connecting')
export const useConnection = () => useContext(ConnectionContext)

/** `workspace` is older than all that is read later: that includes at least what had happened by then. */
export function LiveProvider({ workspace, children }: { workspace: Drawn; children: ReactNode }) {
  const { id, slug, lastSeq } = workspace
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')

  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer number of the same workspace is no reason to follow it anew
  useEffect(() => {
    const leave = followWorkspace(pageSocket(), { id, slug, lastSeq }, client, setConnection)
    return () => {
      leave()
      setConnection('connecting')
    }
  }, [client, id, slug])

  return <ConnectionContext value={connection}>{children}</ConnectionContext>
}

/** Signed out: the next person on this page gets a socket of their own. */
export function closeLive() {
  socket?.disconnect()
  socket = undefined
}
