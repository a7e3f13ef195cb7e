// The hub one writes with `ws` in an afternoon: a map of users to sockets, one Redis subscription, send.
import { createRequire } from 'node:module'

const require = createRequire(`${process.env.NODE_MODULES}/`)
const { WebSocketServer } = require('ws')
const Redis = require('ioredis')

const [port, redisPort, channel] = process.argv.slice(2)
const users = new Map()
const server = new WebSocketServer({ port: Number(port), host: '127.0.0.1', perMessageDeflate: false, backlog: 4096 })

server.on('connection', (socket, request) => {
  const user = new URL(request.url, 'http://hub').searchParams.get('user')
  const sockets = users.get(user) ?? new Set()
  users.set(user, sockets.add(socket))
  socket.on('close', () => {
    sockets.delete(socket)
    if (sockets.size === 0) users.delete(user)
  })
  socket.on('error', () => socket.terminate())
})

const redis = new Redis(Number(redisPort), '127.0.0.1')
redis.subscribe(channel)
redis.on('message', (_channel, message) => {
  const end = message.indexOf('\n')
  const text = message.slice(end + 1)
  if (message[0] === 'a') {
    // encoded once: a string would be turned into bytes again for each socket
    const bytes = Buffer.from(text)
    for (const socket of server.clients) socket.send(bytes, { binary: false })
  } else {
    for (const socket of users.get(message.slice(2, end)) ?? []) socket.send(text)
  }
})
