/** The smallest complete client: receiver, shell, WebSocket, cursor store. No rung below the socket, no sharing between tabs. */

export { type ClientOptions, createClient, type Stream, type StreamSnapshot } from './client.ts';
export { type CursorStore, memoryCursors, type StorageLike, storageCursors } from './cursor-store.ts';
export { type Environment, platform } from './environment.ts';
export type { Entry, Ephemeral, StreamError } from './protocol.ts';
export type { StopReason } from './receiver-state.ts';
export type { Status } from './status.ts';
export type { Transport, TransportName } from './transports/transport.ts';
export { websocket } from './transports/websocket.ts';
