import { t } from 'i18next';
import { AlertIcon } from './icon.tsx';

interface FailedProps {
  what: string;
  onRetry: () => void;
}

/** Something did not load: say what, offer the way out right there. */
export function Failed({ what, onRetry }: FailedProps) {
  return (
    <div className="sheet-foot" data-hue="danger" role="alert">
      <span className="error">
        <AlertIcon small />
        {what}
      </span>
      <button type="button" className="button cut" onClick={onRetry}>
        {t('again')}
      </button>
    </div>
  );
}
