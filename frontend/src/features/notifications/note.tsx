import { t } from 'i18next';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { BellIcon } from '@/components/icon.tsx';
import { When } from '@/components/when.tsx';
import type { Hue } from '@/lib/hue.ts';
import { useClient } from '@/stream/client-context.ts';
import type { InboxRow } from '@/stream/inbox.ts';

interface NoteProps {
  row: InboxRow;
  /** New to the reader, though looking at it has made it seen. */
  fresh: boolean;
  onOpen: (row: InboxRow) => void;
}

/** A row of the inbox: who, what, about what, when, and whether it is new. */
export function Note({ row, fresh, onOpen }: NoteProps) {
  const { registry } = useClient();
  const look = registry.get(row.type)?.look ?? null;
  const state = row.read ? 'read' : row.seen && !fresh ? 'seen' : 'unseen';
  const NoteIcon = look?.icon ?? BellIcon;
  const hue: Hue = look?.hue ?? 'notify';
  const [first, second] = row.actors;
  const glyph = (
    <span className="glyph" data-hue={hue}>
      <NoteIcon />
    </span>
  );
  const Actions = look?.Actions;
  return (
    <li className="note" data-state={state}>
      {first && second ? (
        <span className="duo">
          <Avatar person={first} />
          <Avatar person={second} />
          {glyph}
        </span>
      ) : (
        first && (
          <Avatar person={first} size={3}>
            {glyph}
          </Avatar>
        )
      )}
      <Link className="note-words" to={row.link} onClick={() => onOpen(row)} data-row data-id={row.id}>
        <span className="sr">{t(`inbox.state.${state}`)} </span>
        {look && first ? look.text({ people: row.actors, count: row.count, link: row.link }) : row.text}
        {row.excerpt && (
          <span className="quote line" dir="auto">
            {row.excerpt}
          </span>
        )}
      </Link>
      <span className="when">
        <When at={row.at} />
        <span className="mark" aria-hidden="true" />
      </span>
      {Actions && state !== 'read' && (
        <div className="does">
          <Actions people={row.actors} link={row.link} done={() => onOpen(row)} />
        </div>
      )}
    </li>
  );
}
