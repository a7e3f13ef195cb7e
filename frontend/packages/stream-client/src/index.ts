/** The package's public face. */

export { createStreamClient, type Stream, type StreamOptions, type StreamSnapshot } from './client.ts';
export { type CursorStore, memoryCursors, type StorageLike, storageCursors } from './cursor-store.ts';
export { type Environment, platform } from './environment.ts';
export { createSharedStream, type SharedStream, type SharedStreamOptions } from './leader.ts';
export type { Entry, Ephemeral, StreamError } from './protocol.ts';
export type { StopReason } from './receiver-state.ts';
export type { Status } from './status.ts';
export { everyTransport } from './transports/every.ts';
export { longPoll, poll } from './transports/poll.ts';
export { sse } from './transports/sse.ts';
export type { Transport, TransportName } from './transports/transport.ts';
export { websocket } from './transports/websocket.ts';
