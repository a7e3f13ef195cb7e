import * as Dialog from '@radix-ui/react-dialog';
import { t } from 'i18next';
import { Fragment } from 'react';
import { CloseIcon } from '@/components/icon.tsx';

interface HelpProps {
  onClose: () => void;
}

const keys = [
  [['/'], 'search'],
  [['J', 'K'], 'walk'],
  [['↵'], 'open'],
  [['E'], 'archive'],
  [['U'], 'unread'],
  [['F6'], 'toasts'],
  [['?'], 'help'],
] as const;

export function Help({ onClose }: HelpProps) {
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog cut" data-modal aria-describedby={undefined}>
          <div className="head">
            <Dialog.Title className="grow">{t('help.title')}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={t('close')}>
              <CloseIcon />
            </Dialog.Close>
          </div>
          <KeyMap />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyMap() {
  return (
    <dl className="keys">
      {keys.map(([names, what]) => (
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
