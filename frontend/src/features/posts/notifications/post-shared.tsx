import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { count } from '../slots.ts';

/** I shared something, on another of my devices. */
export default defineNotification('post_shared', {
  silent: true,
  members: z.object({ post_id: z.number(), shares: z.number(), version: z.number() }),
  apply: (cache, n) => count(cache, n.post_id, { shares: n.shares, version: n.version }),
});
