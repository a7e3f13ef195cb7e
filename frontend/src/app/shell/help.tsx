import * as Dialog from '@radix-ui/react-dialog';
import { t } from 'i18next';
import { CloseIcon } from '@/components/icon.tsx';
import { KeyMap } from '@/components/key-map.tsx';

interface HelpProps {
  onClose: () => void;
}

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
