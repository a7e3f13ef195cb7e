// Emits to socket.io's rooms from another process, as a web worker would: "all", or "send RATE COUNT" to users in turn.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(`${process.env.NODE_MODULES}/`)
const { Emitter } = require('@socket.io/redis-emitter')
const Redis = require('ioredis')

const [redisPort, users] = process.argv.slice(2)
const redis = new Redis(Number(redisPort), '127.0.0.1', { enableAutoPipelining: true })
const io = new Emitter(redis)
const now = () => Number(process.hrtime.bigint())
const event = () => ({ from_user: { id: 7, username: 'maria'.padEnd(110, '.') }, t: now() })

async function send(rate, count) {
  const began = now()
  for (let sent = 0; sent < count; ) {
    const due = rate > 0 ? Math.min(count, Math.floor(((now() - began) * rate) / 1e9) + 1) : count
    for (let burst = 0; sent < due && burst < 256; burst++, sent++) {
      io.to(`user_${(sent % Number(users)) + 1}`).emit('friend_accepted', event())
    }
    await new Promise((done) => (sent < due ? setImmediate(done) : setTimeout(done, 1)))
  }
  const seconds = (now() - began) / 1e9
  await redis.ping()
  process.stdout.write(`${JSON.stringify({ answer: 'sent', count, seconds })}\n`)
}

for await (const line of createInterface({ input: process.stdin })) {
  const [word, rate, count] = line.split(' ')
  if (word === 'all') io.to('everybody').emit('friend_accepted', event())
  else if (word === 'send') await send(Number(rate), Number(count))
}
