/** What can be done with a post. Likes act at once and say what they are, so a repeated one is harmless. */
import { t } from 'i18next';
import { useMemo } from 'react';
import { AlertIcon, TrashIcon } from '@/components/icon.tsx';
import { nothing } from '@/lib/api.ts';
import { type Client, useClient } from '@/stream/client-context.ts';
import { words } from '@/stream/optimistic.ts';
import { everywhere, feed, home, type Post, type PostType, postSchema, replies } from './slots.ts';

interface Draft {
  content: string;
  type: PostType;
  media_url?: string;
  visibility: Post['visibility'];
  target_profile_id?: number;
}

interface Answer {
  content: string;
  parent_id: number;
  reply_to_comment_id?: number;
}

export function deleteKey(id: number): string {
  return `delete-post:${id}`;
}

function postActions(client: Client) {
  const { api, cache, held, me, toasts } = client;

  function failed(text: string, error: unknown): void {
    toasts.show({ kind: 'error', hue: 'danger', icon: AlertIcon, text, detail: words(error) });
  }

  /** An answer that was overtaken says nothing about counts any more, only about me. */
  function adopt(answer: Post): void {
    everywhere(cache, answer.id, (copy) =>
      answer.version < copy.version ? { ...copy, is_liked: answer.is_liked } : answer,
    );
  }

  return {
    async like(one: Post): Promise<void> {
      const liked = !one.is_liked;
      const change = (to: boolean) => (copy: Post) =>
        copy.is_liked === to
          ? copy
          : { ...copy, is_liked: to, likes_count: Math.max(0, copy.likes_count + (to ? 1 : -1)) };
      everywhere(cache, one.id, change(liked));
      try {
        adopt(
          await api.send('POST', `/api/posts/${one.id}/like/`, { action: liked ? 'like' : 'unlike' }, postSchema.parse),
        );
      } catch (error) {
        everywhere(cache, one.id, change(!liked));
        failed(t('posts.failed.like'), error);
      }
    },

    async share(one: Post): Promise<void> {
      try {
        adopt(await api.send('POST', `/api/posts/${one.id}/share/`, {}, postSchema.parse));
        await navigator.clipboard?.writeText(new URL(`/posts/${one.id}`, window.location.href).href);
        toasts.show({ kind: 'undo', hue: 'none', icon: AlertIcon, text: t('posts.shared') });
      } catch (error) {
        failed(t('posts.failed.share'), error);
      }
    },

    /** Throws when the server refuses: the composer keeps the words. */
    async publish(draft: Draft, whose: string): Promise<void> {
      const made = await api.send('POST', '/api/posts/', draft, postSchema.parse);
      const add = (list: Post[]) => (list.some((one) => one.id === made.id) ? list : [made, ...list]);
      cache.write(feed(whose), add);
      if (whose !== me.username) cache.write(feed(me.username), add);
      if (whose !== home) cache.write(feed(home), (list) => (draft.target_profile_id ? list : add(list)));
    },

    async answer(answer: Answer): Promise<void> {
      const made = await api.send('POST', '/api/posts/', { ...answer, type: 'thoughts' }, postSchema.parse);
      cache.write(replies(answer.parent_id), (list) =>
        list.some((one) => one.id === made.id) ? list : [...list, made],
      );
      // The count comes with the stream, exact; one of our own making would be counted twice.
    },

    /** Gone from sight at once, from the server when it can no longer be undone. */
    remove(one: Post): void {
      const key = deleteKey(one.id);
      const path = `/api/posts/${one.id}/`;
      held.hold(key, {
        async send() {
          toasts.dismiss(key);
          // No longer held back, and not yet gone from the server: out of the copies first, or it is seen once more.
          cache.writeAll(feed, (list) => list.filter((other) => other.id !== one.id));
          cache.writeAll(replies, (list) => list.filter((other) => other.id !== one.id));
          try {
            await api.send('DELETE', path, undefined, nothing);
          } catch (error) {
            failed(t('posts.failed.delete'), error);
            for (const { family } of [feed, replies]) void client.queries.invalidateQueries({ queryKey: [family] });
          }
        },
        sendLast: () => api.sendLast('DELETE', path),
      });
      toasts.show({
        id: key,
        kind: 'undo',
        hue: 'none',
        icon: TrashIcon,
        text: t('posts.deleted'),
        action: { label: t('undo'), run: () => void held.release(key) },
      });
    },
  };
}

export function usePostActions() {
  const client = useClient();
  return useMemo(() => postActions(client), [client]);
}
