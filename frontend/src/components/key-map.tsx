import { t } from 'i18next';
import { Fragment } from 'react';

const keys = [
  [['/'], 'search'],
  [['J', 'K'], 'walk'],
  [['↵'], 'open'],
  [['E'], 'archive'],
  [['U'], 'unread'],
  [['F6'], 'toasts'],
  [['?'], 'help'],
] as const;

type Key = (typeof keys)[number][1];

interface KeyMapProps {
  only?: readonly Key[];
}

export function KeyMap({ only }: KeyMapProps) {
  return (
    <dl className="keys">
      {keys
        .filter(([, what]) => only?.includes(what) ?? true)
        .map(([names, what]) => (
          <Fragment key={what}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{t(`help.${what}`)}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
