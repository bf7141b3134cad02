// Tells the commits of a personal data server as Jetstream tells those of the network: JSON over a
// websocket, filtered by account and collection, from a moment on. Jetstream itself is written in
// Go and is no package of npm; the events are the server's own.
import { Firehose } from '@atproto/sync'
import { WebSocketServer } from 'ws'

const told = (event) => {
  const head = { did: event.did, time_us: Date.parse(event.time) * 1000 + (event.seq % 1000) }
  if (event.event === 'identity') return { ...head, kind: 'identity', identity: { did: event.did, handle: event.handle, seq: event.seq, time: event.time } }
  if (event.event === 'account') {
    return { ...head, kind: 'account', account: { did: event.did, active: event.active, status: event.status, seq: event.seq, time: event.time } }
  }
  if (event.event === 'sync') return null
  const commit = { rev: event.rev, operation: event.event, collection: event.collection, rkey: event.rkey }
  if (event.event !== 'delete') Object.assign(commit, { record: event.record, cid: event.cid.toString() })
  return { ...head, kind: 'commit', commit }
}

export async function jetstream(network, onListener) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const past = []
  const listeners = new Map()
  const send = (socket, wanted, message) => {
    const isWanted = wanted.dids.has(message.did) && (!message.commit || wanted.collections.has(message.commit.collection))
    if (isWanted && message.time_us >= wanted.since) socket.send(JSON.stringify(message))
  }
  server.on('connection', (socket, request) => {
    const query = new URL(request.url, 'ws://here').searchParams
    const wanted = {
      dids: new Set(query.getAll('wantedDids')),
      collections: new Set(query.getAll('wantedCollections')),
      since: Number(query.get('cursor') ?? 0),
    }
    if (query.has('cursor')) past.forEach((message) => send(socket, wanted, message))
    listeners.set(socket, wanted)
    socket.on('close', () => listeners.delete(socket))
    onListener(query.get('cursor'))
  })
  const firehose = new Firehose({
    service: network.pds.url.replace('http', 'ws'),
    idResolver: network.bsky.ctx.idResolver,
    unauthenticatedCommits: true,
    unauthenticatedHandles: true,
    handleEvent: (event) => {
      const message = told(event)
      if (message === null) return
      past.push(message)
      listeners.forEach((wanted, socket) => send(socket, wanted, message))
    },
    onError: (error) => console.error(error),
  })
  firehose.start()
  return {
    address: `ws://127.0.0.1:${server.address().port}`,
    close: async () => {
      listeners.forEach((_, socket) => socket.terminate())
      server.close()
      await firehose.destroy()
    },
  }
}
