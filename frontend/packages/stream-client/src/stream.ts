/** The client with the whole ladder below it: what most applications want. */

import { type ClientOptions, createClient, type Stream } from './client.ts';
import { everyTransport } from './transports/every.ts';
import { ladder } from './transports/ladder.ts';
import type { Transport } from './transports/transport.ts';

export interface StreamOptions extends Omit<ClientOptions, 'transport'> {
  /** Rungs of another ladder, the best first. */
  readonly transports?: readonly Transport[];
}

export const transportOf = ({ transports }: StreamOptions): Transport =>
  transports ? ladder(transports) : everyTransport();

export const createStreamClient = (options: StreamOptions): Stream =>
  createClient({ ...options, transport: transportOf(options) });
