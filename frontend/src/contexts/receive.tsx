/** What happens when an entry arrives: fold it into the copies, then tell about it, as loudly as the moment allows. */
import { t } from 'i18next';
import { foldIntoInbox } from '@/features/notifications/inbox.ts';
import { shortName } from '@/lib/person.ts';
import type { Client } from '@/stream/client-context.ts';
import type { News } from '@/stream/notification.tsx';

type Receiver = Omit<Client, 'changed'>;

interface Words {
  seq: number;
  type: string;
  text?: string | undefined;
  link?: string | undefined;
}

/** Returns true when the entry was news to its reader. */
export function receive(client: Receiver, entry: Words): boolean {
  const type = client.registry.get(entry.type);
  const understood = type?.understand(entry) ?? null;
  if (!understood) return false;
  const news = understood.news(client.me.id);
  client.cache.fold({
    seq: entry.seq,
    apply(cache) {
      understood.apply(cache);
      if (news?.inbox) cache.update(foldIntoInbox.slot, foldIntoInbox.add({ entry, news, at: understood.at }));
    },
  });
  if (!news) return false;
  // Whoever has said it is no longer typing it.
  for (const person of news.people) client.ephemeral.stoppedTyping(person.id);
  if (news.toast && wanted(client, news)) show(client, entry, news);
  return true;
}

/** Only when somebody is looking, and not at the very thing. */
function wanted(client: Receiver, news: News): boolean {
  return (
    document.visibilityState === 'visible' &&
    !client.onScreen.has(news.link) &&
    !(news.inbox && client.onScreen.has('inbox'))
  );
}

function show(client: Receiver, entry: Words, news: News): void {
  const { Actions, people, link } = news;
  client.toasts.show({
    id: `entry-${entry.seq}`,
    kind: 'news',
    hue: news.hue,
    icon: news.icon,
    people,
    text: news.text,
    detail: news.detail,
    link,
    action: Actions ? { render: (done) => <Actions people={people} link={link} done={done} /> } : null,
  });
  client.announcer.say(entry.text ?? t('announce.from', { name: people[0] ? shortName(people[0]) : '' }));
}
