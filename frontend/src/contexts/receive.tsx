/** What happens when an entry arrives: fold it into the copies, then tell about it, as loudly as the moment allows. */
import { chime } from '@/lib/chime.ts';
import type { Client } from '@/stream/client-context.ts';
import type { News, Understood } from '@/stream/notification.tsx';
import { allows, preferences } from '@/stream/preferences.ts';

type Receiver = Omit<Client, 'changed'>;

export function receive(client: Receiver, entry: { type: string }): void {
  const understood = client.registry.get(entry.type)?.understand(entry);
  if (!understood) return;
  client.cache.fold(understood);
  const news = understood.news(client.me.id);
  if (news) tell(client, understood, news);
}

function tell(client: Receiver, { type, seq }: Understood, news: News): void {
  // Whoever has said it is no longer typing it.
  for (const person of news.people) client.ephemeral.stoppedTyping(person.id);
  const wishes = client.cache.read(preferences);
  const now = new Date();
  if (isOnScreen(client, news)) return;
  if (news.toast && document.visibilityState === 'visible' && allows(wishes, type, 'toast', now))
    show(client, seq, news);
  // One sound a browser: the tab that holds the connection makes it.
  if (news.toast && client.stream.getSnapshot().leads && allows(wishes, type, 'sound', now)) chime();
}

function isOnScreen({ onScreen }: Receiver, { link, inbox }: News): boolean {
  if (document.visibilityState !== 'visible') return false;
  const [path = link] = link.split(/[?#]/);
  return onScreen.has(path) || (inbox && onScreen.has('inbox'));
}

function show(client: Receiver, seq: number, news: News): void {
  const { Actions, people, link } = news;
  client.toasts.show({
    id: `entry-${seq}`,
    kind: 'news',
    hue: news.hue,
    icon: news.icon,
    people,
    text: news.text,
    detail: news.detail,
    link,
    action: Actions ? { render: (done) => <Actions people={people} link={link} done={done} /> } : null,
  });
  client.announcer.say(news.words);
}
