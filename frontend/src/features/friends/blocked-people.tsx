import { t } from 'i18next';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { BlockIcon } from '@/components/icon.tsx';
import { fullName, shortName } from '@/lib/person.ts';
import { useSlot } from '@/stream/client-context.ts';
import { useFriendActions } from './actions.ts';
import { blocks } from './slots.ts';

export function BlockedPeople() {
  const actions = useFriendActions();
  const query = useSlot(blocks);
  if (query.isPending) return <Bones />;
  if (query.isError) return <Failed what={t('settings.blocked.failed')} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0) {
    return (
      <div className="sheet cut">
        <Empty icon={BlockIcon} title={t('settings.blocked.none')}>
          <p className="dim small">{t('settings.blocked.none_detail')}</p>
        </Empty>
      </div>
    );
  }
  return (
    <ul className="rows">
      {query.data.map((person) => (
        <li className="row cut" data-hue="none" key={person.id}>
          <Avatar person={person} size={3} />
          <div className="what">
            <span className="strong block">{fullName(person)}</span>
            <span className="sub">@{person.username}</span>
          </div>
          <button
            type="button"
            className="button cut"
            aria-label={t('settings.blocked.lift_name', { name: shortName(person) })}
            onClick={() => void actions.unblock(person)}
          >
            {t('settings.blocked.lift')}
          </button>
        </li>
      ))}
    </ul>
  );
}
