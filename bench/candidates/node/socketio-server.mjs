// socket.io as its documentation sets it up for several processes: Redis adapter, a room for each user.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

const require = createRequire(`${process.env.NODE_MODULES}/`)
const { Server } = require('socket.io')
const { createAdapter } = require('@socket.io/redis-adapter')
const Redis = require('ioredis')

const [port, redisPort] = process.argv.slice(2)
const publisher = new Redis(Number(redisPort), '127.0.0.1')
const http = createServer()
const io = new Server(http, {
  adapter: createAdapter(publisher, publisher.duplicate()),
  perMessageDeflate: false,
  transports: ['websocket'],
})

io.on('connection', (socket) => {
  socket.join(`user_${socket.handshake.query.user}`)
  socket.join('everybody')
})
http.listen(Number(port), '127.0.0.1', 4096)
