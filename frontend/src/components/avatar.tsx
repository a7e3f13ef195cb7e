import { t } from 'i18next';
import type { ReactNode } from 'react';
import type { Person } from '@/lib/person.ts';
import { shortName } from '@/lib/person.ts';
import { safePicture } from '@/lib/safe-link.ts';

interface AvatarProps {
  person: Person;
  size?: 1 | 2 | 3 | 4;
  online?: boolean;
  /** What docks in the cut instead of the presence dot. */
  children?: ReactNode;
}

/** The photograph is the only natural colour. Without one: the first letter, never a random hue. */
export function Avatar({ person, size = 2, online = false, children }: AvatarProps) {
  const picture = safePicture(person.profile_picture);
  return (
    <span className={`avatar avatar-${size}`}>
      {picture ? (
        <img src={picture} alt="" loading="lazy" decoding="async" />
      ) : (
        <span className="initials" aria-hidden="true">
          {[...shortName(person)][0]?.toLocaleUpperCase()}
        </span>
      )}
      {online && <span className="presence" data-hue="message" role="img" aria-label={t('presence.online')} />}
      {children}
    </span>
  );
}
