import * as z from 'zod/mini';
import { dropRows, type Inbox, type InboxRow, inbox, markRows } from '@/stream/inbox.ts';
import { defineNotification } from '@/stream/notification.tsx';

const members = z.object({
  state: z.enum(['seen', 'read', 'unread', 'archived', 'unarchived']),
  ids: z._default(z.optional(z.nullable(z.array(z.number()))), null),
  up_to: z._default(z.optional(z.nullable(z.number())), null),
  unread: z.number(),
  unseen: z.number(),
});

/** Rows were moved along, here or on another of my devices. */
export default defineNotification('notifications_read', {
  silent: true,
  members,
  apply(cache, n) {
    // A row that comes back from the archive is not here to be shown: it has to be asked for.
    if (n.state === 'unarchived') cache.reload(inbox);
    else cache.update(inbox, (value) => ({ ...mark(value, n), unread: n.unread, unseen: n.unseen }));
  },
});

function mark(value: Inbox, { state, ids, up_to }: z.infer<typeof members>): Inbox {
  const chosen = (row: InboxRow) => (ids ? ids.includes(row.id) : up_to === null || row.seq <= up_to);
  switch (state) {
    case 'seen':
      return { ...value, results: value.results.map((row) => (chosen(row) ? { ...row, seen: true } : row)) };
    case 'read':
      return markRows(chosen, true)(value);
    case 'unread':
      return markRows(chosen, false)(value);
    case 'archived':
      return dropRows(chosen)(value);
    case 'unarchived':
      return value;
  }
}
