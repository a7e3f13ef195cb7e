/** The package's public face. `core.ts` is the part that counts in every page load. */

export * from './core.ts';
export { createSharedStream, type SharedStream, type SharedStreamOptions } from './leader.ts';
export { createStreamClient, type StreamOptions } from './stream.ts';
export { everyTransport } from './transports/every.ts';
export { ladder } from './transports/ladder.ts';
export { longPoll, poll } from './transports/poll.ts';
export { sse } from './transports/sse.ts';
