/**
 * A small town behind the network, for tests: the REST contract with state, so that what a test does is there afterwards.
 */
import { HttpResponse, http } from 'msw';

export interface TownPerson {
  id: number;
  username: string;
  first_name: string;
  last_name: string;
  profile_picture: string | null;
}

const names = [
  'pablo',
  'maria',
  'ines',
  'kenji',
  'luca',
  'amara',
  'noor',
  'tomas',
  'mateo',
  'ida',
  'ravi',
  'yuki',
  'elif',
] as const;
export type Name = (typeof names)[number];

const firstNames: Partial<Record<Name, string>> = { ines: 'Inés', tomas: 'Tomás' };

export function person(name: Name): TownPerson {
  const first = firstNames[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
  return {
    id: names.indexOf(name) + 1,
    username: name,
    first_name: first,
    last_name: '',
    profile_picture: name === 'mateo' ? null : `/assets/portraits/${name}.svg`,
  };
}

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

type Json = Record<string, unknown>;

interface Wishes {
  types: Record<string, Record<string, boolean>>;
  quiet_hours: Json;
  muted_people: number[];
  muted_posts: number[];
}

export interface Town {
  me: Name;
  signedIn: boolean;
  head: number;
  entries: Json[];
  friends: (TownPerson & { online: boolean })[];
  requests: { id: number; from_user: TownPerson; created_at: string }[];
  sent: { id: number; to_user: TownPerson; created_at: string }[];
  suggestions: TownPerson[];
  blocked: TownPerson[];
  posts: Json[];
  messages: Json[];
  inbox: Json[];
  preferences: Wishes;
  /** What the server was asked to do: "POST /api/friends/accept/1/". */
  calls: string[];
  /** Requests that fail: "POST /api/friends/accept/1/" → status. */
  failing: Map<string, number>;
}

let nextId = 1000;

function post(id: number, author: Name, type: string, content: string, minutes: number, more: Json = {}): Json {
  return {
    id,
    author: person(author),
    content,
    type,
    media_url: null,
    created_at: ago(minutes),
    updated_at: ago(minutes),
    parent: null,
    target_profile: null,
    reply_to_comment: null,
    mentioned_user: null,
    reply_count: 0,
    likes_count: 0,
    comment_count: 0,
    shares_count: 0,
    is_liked: false,
    visibility: 'public',
    ...more,
  };
}

export function message(id: number, from: Name, to: Name, content: string, minutes: number, isRead = true): Json {
  return {
    id,
    sender: person(from),
    receiver: person(to),
    content,
    is_read: isRead,
    created_at: ago(minutes),
    client_id: null,
  };
}

function row(id: number, type: string, actors: Name[], minutes: number, link: string, more: Json = {}): Json {
  return {
    id,
    seq: id,
    type,
    target: `test:${id}`,
    text: `${actors.join(', ')}: ${type}`,
    link,
    actors: actors.map(person),
    count: actors.length,
    at: ago(minutes),
    seen: false,
    read: false,
    ...more,
  };
}

export function createTown(me: Name = 'pablo'): Town {
  const friend = (name: Name, online = false) => ({ ...person(name), online });
  return {
    me,
    signedIn: true,
    head: 9,
    entries: [],
    friends: [
      friend('maria', true),
      friend('ines', true),
      friend('kenji', true),
      friend('luca', true),
      friend('amara'),
      friend('mateo'),
    ],
    requests: [
      { id: 1, from_user: person('noor'), created_at: ago(3) },
      { id: 2, from_user: person('tomas'), created_at: ago(190) },
    ],
    sent: [{ id: 3, to_user: person('elif'), created_at: ago(60 * 50) }],
    suggestions: [person('ida'), person('ravi'), person('yuki')],
    blocked: [],
    posts: [
      post(11, 'kenji', 'thoughts', 'Trains that arrive on time make me trust the whole city a little more.', 2, {
        likes_count: 42,
        comment_count: 6,
        is_liked: true,
      }),
      post(12, 'maria', 'thoughts', 'Looking for a second-hand cello teacher. Not a second-hand cello.', 14, {
        likes_count: 19,
        comment_count: 1,
      }),
      post(13, 'amara', 'thoughts', 'Reading the same page four times is also reading.', 70, {
        likes_count: 77,
        comment_count: 12,
      }),
      post(14, 'ines', 'media', 'Five in the morning, harbour side.', 26, {
        likes_count: 128,
        comment_count: 17,
        is_liked: true,
        media_url: '/assets/scenes/harbour.svg',
      }),
      post(15, 'luca', 'media', 'The last stall to close sells the best dumplings.', 125, {
        likes_count: 54,
        comment_count: 8,
        media_url: '/assets/scenes/market.svg',
      }),
      post(
        16,
        'amara',
        'milestones',
        'First marathon\n3:58:12\nFour years after the knee. Thank you for the oranges, Kenji.',
        60 * 26,
        { likes_count: 63, comment_count: 21, is_liked: true },
      ),
      post(17, 'luca', 'milestones', 'The bakery is ten\n10 years\nSame oven, third cat.', 60 * 70, {
        likes_count: 96,
        comment_count: 34,
      }),
      post(18, 'maria', 'milestones', 'Signed the lease\nTwo rooms and a lemon tree.', 60 * 95, {
        likes_count: 41,
        comment_count: 9,
      }),
      post(31, 'luca', 'thoughts', 'My aunt teaches on Thursdays. She is strict and brilliant.', 9, { parent: 12 }),
    ],
    messages: [
      message(101, 'maria', 'pablo', 'Did it come through?', 60 * 16),
      message(102, 'pablo', 'maria', 'Before I had put the phone down.', 60 * 16),
      message(103, 'pablo', 'maria', 'You are in my list on the laptop too.', 60 * 16 - 1),
      message(104, 'pablo', 'maria', 'Are we still on for Thursday?', 32),
      message(105, 'maria', 'pablo', 'Yes. Luca’s aunt can take us both at seven.', 4, false),
      message(106, 'maria', 'pablo', 'Bring the good cello.', 4, false),
      message(90, 'pablo', 'ines', 'See you under the crane', 35),
      message(91, 'kenji', 'pablo', 'The 7:40 is on time. Obviously.', 50),
    ],
    inbox: [
      row(9, 'friend_request', ['noor'], 0, '/friends'),
      row(8, 'post_like', ['maria', 'ines'], 2, '/posts/12', { count: 5 }),
      row(7, 'post_comment', ['kenji'], 6, '/posts/16#comment-31'),
      row(6, 'comment_reply', ['luca'], 66, '/posts/12#comment-31', { seen: true }),
      row(5, 'friend_accepted', ['ines'], 190, '/people/ines', { seen: true }),
      row(4, 'post_like', ['amara', 'luca'], 60 * 30, '/posts/14', { seen: true, read: true }),
    ],
    preferences: {
      types: Object.fromEntries(
        [
          'friend_request',
          'friend_accepted',
          'new_message',
          'post_like',
          'post_comment',
          'comment_reply',
          'wall_post',
          'new_post',
        ].map((type) => [type, { in_app: true, toast: true, sound: true, push: true }]),
      ),
      quiet_hours: { enabled: true, start: '22:00', end: '07:00', timezone: 'Etc/GMT+12' },
      muted_people: [],
      muted_posts: [],
    },
    calls: [],
    failing: new Map(),
  };
}

const cursor = (town: Town): string => `test.${town.head}`;

function member(town: Town): Json {
  const me = person(town.me);
  return {
    ...me,
    email: `${me.username}@example.com`,
    profile: {
      id: me.id,
      user: me.id,
      bio: '',
      avatar: me.profile_picture,
      location: '',
      website: '',
      created_at: ago(60 * 24 * 90),
      updated_at: ago(9),
    },
  };
}

function conversationsOf(town: Town): Json[] {
  const me = person(town.me).id;
  const others = new Map<number, Json[]>();
  for (const one of town.messages) {
    const { sender, receiver } = one as { sender: TownPerson; receiver: TownPerson };
    const other = sender.id === me ? receiver : sender;
    others.set(other.id, [...(others.get(other.id) ?? []), one]);
  }
  return [...others.values()]
    .map((list) => {
      const last = list.at(-1) as { sender: TownPerson; receiver: TownPerson; created_at: string };
      const unread = list.filter((one) => one.is_read === false && (one.sender as TownPerson).id !== me).length;
      return {
        user: last.sender.id === me ? last.receiver : last.sender,
        last_message: last,
        unread_count: unread,
        at: last.created_at,
      };
    })
    .sort((a, b) => b.at.localeCompare(a.at));
}

/** Every endpoint of the contract that a test has needed so far. */
export function handlersFor(town: Town) {
  const everyone = names.map(person);
  const find = (id: unknown) => everyone.find((one) => one.id === Number(id));
  const state = (json: unknown, status = 200) =>
    HttpResponse.json(json as Json, { status, headers: { 'Stream-Cursor': cursor(town) } });
  const problem = (status: number, detail: string, more: Json = {}) =>
    HttpResponse.json({ type: 'about:blank', status, detail, error: detail, code: 'test', ...more }, { status });
  const missing = () => problem(404, 'There is no such thing.');

  return [
    http.all('/api/*', ({ request }) => {
      const call = `${request.method} ${new URL(request.url).pathname}`;
      if (request.method !== 'GET') town.calls.push(call);
      const status = town.failing.get(call);
      if (status === 0) return HttpResponse.error();
      return status ? problem(status, 'The server is having a bad day.') : undefined;
    }),
    http.get('/api/auth/me/', () => (town.signedIn ? state(member(town)) : problem(401, 'You are not signed in.'))),
    http.post('/api/auth/login/', async ({ request }) => {
      const { password } = (await request.json()) as { password: string };
      if (password !== 'numeneon-demo') return problem(401, 'E-mail or password is wrong.');
      town.signedIn = true;
      return HttpResponse.json({ access: 'a', refresh: 'r' });
    }),
    http.post('/api/auth/signup/', async ({ request }) => {
      const { username } = (await request.json()) as { username: string };
      if (names.some((name) => name === username)) {
        return HttpResponse.json({ detail: 'This name is taken.', username: ['This name is taken.'] }, { status: 400 });
      }
      return HttpResponse.json({ message: 'Welcome.', user: {} }, { status: 201 });
    }),
    http.post('/api/auth/logout/', () => {
      town.signedIn = false;
      return new HttpResponse(null, { status: 204 });
    }),
    http.get('/api/auth/search/', ({ request }) => {
      const words = new URL(request.url).searchParams.get('q')?.toLowerCase() ?? '';
      return state(everyone.filter((one) => one.username.includes(words)).slice(0, 20));
    }),
    http.get('/api/auth/users/:username/', ({ params }) => {
      const found = everyone.find((one) => one.username === params.username);
      return found ? state(found) : missing();
    }),
    http.get('/api/auth/blocks/', () => state(town.blocked)),
    http.post('/api/auth/blocks/:id/', ({ params }) => {
      const found = find(params.id);
      if (!found) return missing();
      town.blocked.push(found);
      town.friends = town.friends.filter((one) => one.id !== found.id);
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete('/api/auth/blocks/:id/', ({ params }) => {
      town.blocked = town.blocked.filter((one) => one.id !== Number(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
    http.get('/api/auth/sessions/', () =>
      state([
        { id: 1, name: 'Firefox on Linux', created_at: ago(60 * 24 * 3), last_seen_at: ago(0), current: true },
        { id: 2, name: 'Safari on iPhone', created_at: ago(60 * 24 * 9), last_seen_at: ago(60 * 5), current: false },
      ]),
    ),
    http.delete('/api/auth/sessions/:id/', () => new HttpResponse(null, { status: 204 })),

    http.get('/api/friends/', () => state(town.friends)),
    http.get('/api/friends/requests/', () => state(town.requests)),
    http.get('/api/friends/requests/sent/', () => state(town.sent)),
    http.get('/api/friends/suggestions/', () => state(town.suggestions)),
    http.post('/api/friends/accept/:id/', ({ params }) => {
      const request = town.requests.find((one) => one.id === Number(params.id));
      if (!request) return missing();
      town.requests = town.requests.filter((one) => one !== request);
      town.friends.push({ ...request.from_user, online: false });
      return HttpResponse.json(
        { ...request.from_user, message: 'Accepted.', friend: request.from_user },
        { status: 201 },
      );
    }),
    http.post('/api/friends/decline/:id/', ({ params }) => {
      town.requests = town.requests.filter((one) => one.id !== Number(params.id));
      return HttpResponse.json({ message: 'Declined.' });
    }),
    http.post('/api/friends/request/:id/', ({ params }) => {
      const found = find(params.id);
      if (!found) return missing();
      nextId += 1;
      town.sent.push({ id: nextId, to_user: found, created_at: new Date().toISOString() });
      town.suggestions = town.suggestions.filter((one) => one.id !== found.id);
      return HttpResponse.json({ id: nextId }, { status: 201 });
    }),
    http.delete('/api/friends/cancel/:id/', ({ params }) => {
      town.sent = town.sent.filter((one) => one.to_user.id !== Number(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete('/api/friends/remove/:id/', ({ params }) => {
      town.friends = town.friends.filter((one) => one.id !== Number(params.id));
      return HttpResponse.json({ message: 'Removed.' });
    }),

    http.get('/api/posts/', ({ request }) => {
      const { searchParams } = new URL(request.url);
      const whose = searchParams.get('username');
      const before = Number(searchParams.get('before') ?? Number.POSITIVE_INFINITY);
      return state(
        town.posts.filter(
          (one) =>
            one.parent === null && Number(one.id) < before && (!whose || (one.author as TownPerson).username === whose),
        ),
      );
    }),
    http.post('/api/posts/', async ({ request }) => {
      const body = (await request.json()) as Json;
      nextId += 1;
      const made = post(nextId, town.me, String(body.type ?? 'thoughts'), String(body.content ?? ''), 0, {
        parent: body.parent_id ?? null,
        media_url: body.media_url ?? null,
      });
      town.posts.unshift(made);
      return state(made, 201);
    }),
    http.get('/api/posts/:id/', ({ params }) => {
      const found = town.posts.find((one) => one.id === Number(params.id));
      return found ? state(found) : missing();
    }),
    http.get('/api/posts/:id/replies/', ({ params }) =>
      state(town.posts.filter((one) => one.parent === Number(params.id))),
    ),
    http.post('/api/posts/:id/like/', async ({ params, request }) => {
      const found = town.posts.find((one) => one.id === Number(params.id));
      if (!found) return missing();
      const { action } = (await request.json()) as { action: string };
      const liked = action === 'like';
      if (found.is_liked !== liked) found.likes_count = Number(found.likes_count) + (liked ? 1 : -1);
      found.is_liked = liked;
      return state(found);
    }),
    http.post('/api/posts/:id/share/', ({ params }) => {
      const found = town.posts.find((one) => one.id === Number(params.id));
      if (!found) return missing();
      found.shares_count = Number(found.shares_count) + 1;
      return state(found);
    }),
    http.delete('/api/posts/:id/', ({ params }) => {
      town.posts = town.posts.filter((one) => one.id !== Number(params.id));
      return new HttpResponse(null, { status: 204 });
    }),

    http.get('/api/messages/conversations/', () => state(conversationsOf(town))),
    http.get('/api/messages/conversation/:id/', ({ params, request }) => {
      const before = Number(new URL(request.url).searchParams.get('before') ?? Number.POSITIVE_INFINITY);
      const other = Number(params.id);
      const between = town.messages.filter((one) => {
        const { sender, receiver } = one as { sender: TownPerson; receiver: TownPerson };
        return (sender.id === other || receiver.id === other) && Number(one.id) < before;
      });
      return state(between.slice(-100));
    }),
    http.post('/api/messages/conversation/:id/read/', ({ params }) => {
      let marked = 0;
      for (const one of town.messages) {
        if ((one.sender as TownPerson).id === Number(params.id) && one.is_read === false) {
          one.is_read = true;
          marked += 1;
        }
      }
      return HttpResponse.json({ marked_read: marked });
    }),
    http.post('/api/messages/', async ({ request }) => {
      const body = (await request.json()) as { receiver_id: number; content: string; client_id?: string };
      const known = town.messages.find((one) => one.client_id !== null && one.client_id === body.client_id);
      if (known) return HttpResponse.json(known);
      const to = find(body.receiver_id);
      if (!to) return missing();
      nextId += 1;
      const made = {
        ...message(nextId, town.me, to.username as Name, body.content, 0, false),
        client_id: body.client_id ?? null,
      };
      town.messages.push(made);
      return HttpResponse.json(made, { status: 201 });
    }),

    http.get('/api/notifications/', () =>
      state({
        unread: town.inbox.filter((one) => one.read === false).length,
        unseen: town.inbox.filter((one) => one.read === false && one.seen === false).length,
        cursor: cursor(town),
        results: [...town.inbox].sort((a, b) => Number(b.seq) - Number(a.seq)),
      }),
    ),
    http.post('/api/notifications/:act/', async ({ request, params }) => {
      const { ids } = (await request.json()) as { ids?: number[] };
      for (const one of town.inbox) {
        if (ids && !ids.includes(Number(one.id))) continue;
        one.seen = true;
        if (params.act === 'read') one.read = true;
        if (params.act === 'unread') one.read = false;
        if (params.act === 'archive') town.inbox = town.inbox.filter((other) => other !== one);
      }
      return HttpResponse.json({ unread: 0, unseen: 0 });
    }),
    http.get('/api/notifications/preferences/', () => state(town.preferences)),
    http.get('/api/notifications/muted/', () =>
      state(names.map(person).filter(({ id }) => town.preferences.muted_people.includes(id))),
    ),
    http.delete('/api/notifications/muted/:kind/:id/', ({ params }) => {
      const kind = params.kind === 'people' ? 'muted_people' : 'muted_posts';
      town.preferences[kind] = town.preferences[kind].filter((id) => id !== Number(params.id));
      return state(town.preferences);
    }),
    http.patch('/api/notifications/preferences/', async ({ request }) => {
      const { types = {}, quiet_hours = {} } = (await request.json()) as Partial<Wishes>;
      for (const [type, change] of Object.entries(types)) Object.assign(town.preferences.types[type] ?? {}, change);
      Object.assign(town.preferences.quiet_hours, quiet_hours);
      return state(town.preferences);
    }),

    http.get('/api/events/', ({ request }) => {
      const after = new URL(request.url).searchParams.get('after');
      const from = after ? Number(after.split('.')[1]) : town.head;
      const entries = town.entries.filter((entry) => Number(entry.seq) > from);
      return HttpResponse.json({ cursor: cursor(town), head: town.head, more: false, entries });
    }),
  ];
}
