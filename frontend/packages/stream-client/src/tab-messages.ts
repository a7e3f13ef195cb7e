/**
 * What tabs of one browser say to each other. Frames travel in wire form and are parsed again on arrival: the other tab may have been
 * loaded from another version of the site.
 */

import type { StreamSnapshot } from './client.ts';
import type { ClientFrame } from './protocol.ts';
import type { StopReason } from './receiver-state.ts';

export type TabMessage =
  /** A follower to whoever leads. `link` names one connection, `from` the tab. */
  | { readonly kind: 'ask'; readonly from: string; readonly link: string; readonly frame: ClientFrame }
  /** The leader to one link, or to all of them. */
  | { readonly kind: 'tell'; readonly link: string | null; readonly frame: unknown }
  /** The stream ended for a reason that holds for everybody; a sign-out forgets the cursor as well. */
  | { readonly kind: 'stop'; readonly reason: StopReason; readonly forget: boolean }
  /** There is a new leader. */
  | { readonly kind: 'lead' }
  | { readonly kind: 'status'; readonly snapshot: StreamSnapshot }
  | { readonly kind: 'wake' };

const KINDS: Readonly<Record<string, readonly string[]>> = {
  ask: ['from', 'link', 'frame'],
  tell: ['link', 'frame'],
  stop: ['reason', 'forget'],
  lead: [],
  status: ['snapshot'],
  wake: [],
};

export function parseTabMessage(value: unknown): TabMessage | null {
  const message: Readonly<Record<string, unknown>> = Object(value);
  const needed = typeof message.kind === 'string' ? KINDS[message.kind] : undefined;
  return needed?.every((name) => name in message) ? (value as TabMessage) : null;
}
