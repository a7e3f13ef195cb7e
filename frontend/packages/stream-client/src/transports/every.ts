/** The whole ladder, the best rung first. */

import { longPoll, poll } from './poll.ts';
import { sse } from './sse.ts';
import type { Transport } from './transport.ts';
import { websocket } from './websocket.ts';

export const everyTransport = (): readonly Transport[] => [websocket(), sse(), longPoll(), poll()];
