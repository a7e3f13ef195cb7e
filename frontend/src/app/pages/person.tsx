import { t } from 'i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { BlockIcon, GearIcon, LinkIcon, MuteIcon } from '@/components/icon.tsx';
import { Menu } from '@/components/menu.tsx';
import { useFriendActions } from '@/features/friends/actions.ts';
import { FriendshipButton } from '@/features/friends/friendship-button.tsx';
import { useFriends } from '@/features/friends/use-friends.ts';
import { Composer } from '@/features/posts/composer.tsx';
import { Wall } from '@/features/posts/wall.tsx';
import { ApiError } from '@/lib/api.ts';
import { fullName, shortName } from '@/lib/person.ts';
import { safeLink } from '@/lib/safe-link.ts';
import { useClient, useOnScreen, useSlot } from '@/stream/client-context.ts';
import { type MemberPage, member } from '@/stream/members.ts';
import { isMuted, setMuted } from '@/stream/muting.ts';
import { preferences } from '@/stream/preferences.ts';
import { NotFound } from './not-found.tsx';

export function PersonPage() {
  const { username = '' } = useParams();
  const query = useSlot(member(username));
  useOnScreen(`/people/${username}`);
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.isPending) return <Bones />;
  if (query.isError) return <Failed what={t('person.failed')} onRetry={() => void query.refetch()} />;
  return <Page person={query.data} />;
}

interface PageProps {
  person: MemberPage;
}

function Page({ person }: PageProps) {
  const { me } = useClient();
  const friends = useFriends();
  const friend = friends.data?.find((one) => one.id === person.id);
  const mine = person.id === me.id;
  return (
    <div className="columns">
      <div className="wall">
        <Head person={person} online={friend?.online ?? false} />
        {(mine || friend) && (
          <Composer
            {...(mine ? {} : { wall: { id: person.id, username: person.username, name: shortName(person) } })}
          />
        )}
        <Wall key={person.username} username={person.username} name={shortName(person)} />
      </div>
      <aside className="aside" aria-label={t('person.about', { name: shortName(person) })}>
        <About person={person} />
      </aside>
    </div>
  );
}

interface HeadProps extends PageProps {
  online: boolean;
}

function Head({ person, online }: HeadProps) {
  const client = useClient();
  const { me } = client;
  const subject = { kind: 'people', id: person.id, name: shortName(person) } as const;
  const muted = isMuted(useSlot(preferences).data, subject);
  const actions = useFriendActions();
  const navigate = useNavigate();
  return (
    <header className="card cut person-head" data-hue={online ? 'message' : 'none'}>
      <Avatar person={person} size={4} online={online} />
      <div className="grow">
        <h1>{fullName(person)}</h1>
        <span className="sub">
          @{person.username}
          {online && ` · ${t('presence.here')}`}
        </span>
      </div>
      {person.id === me.id ? (
        <Link className="button cut" to="/settings">
          <GearIcon small />
          {t('person.edit')}
        </Link>
      ) : (
        <>
          <FriendshipButton person={person} main />
          <Menu
            label={t('friends.more_about', { name: shortName(person) })}
            entries={[
              {
                icon: MuteIcon,
                label: muted ? t('mute.lift') : t('mute.person'),
                run: () => void setMuted(client, subject, !muted),
              },
              {
                icon: BlockIcon,
                label: t('friends.block'),
                danger: true,
                run: () => {
                  void actions.block(person);
                  void navigate('/friends');
                },
              },
            ]}
          />
        </>
      )}
    </header>
  );
}

function About({ person }: PageProps) {
  const { bio, location, website } = person.profile ?? {};
  const href = safeLink(website ?? null);
  if (!bio && !location && !website) return null;
  return (
    <section className="card cut">
      <h2 className="section-head">
        <span className="label dim">{t('person.about', { name: shortName(person) })}</span>
      </h2>
      {bio && <p className="small">{bio}</p>}
      {location && <p className="small dim">{location}</p>}
      {website && (
        <p className="small flow-tight">
          <LinkIcon small />
          {href ? (
            <a className="underlined line" href={href} target="_blank" rel="noopener noreferrer nofollow">
              {website}
            </a>
          ) : (
            <span className="line">{website}</span>
          )}
        </p>
      )}
    </section>
  );
}
