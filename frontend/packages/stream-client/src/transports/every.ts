/** The whole ladder, the best rung first. */

import { ladder } from './ladder.ts';
import { longPoll, poll } from './poll.ts';
import { sse } from './sse.ts';
import type { Transport } from './transport.ts';
import { websocket } from './websocket.ts';

export const everyTransport = (): Transport => ladder([websocket(), sse(), longPoll(), poll()]);
