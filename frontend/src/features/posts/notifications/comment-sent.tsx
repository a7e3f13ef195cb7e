import { defineNotification } from '@/stream/notification.tsx';
import { addComment, commentedSchema } from '../slots.ts';

/** I commented, on another of my devices. */
export default defineNotification('comment_sent', { silent: true, members: commentedSchema, apply: addComment });
