import { t } from 'i18next';

interface BonesProps {
  rows?: number;
}

/** What is still loading, in the shape it will have. */
export function Bones({ rows = 3 }: BonesProps) {
  return (
    <div className="sheet cut" aria-busy="true" role="status" aria-label={t('loading')}>
      <div className="inbox">
        {Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
          <div className="note" key={row}>
            <span className="bone bone-face" />
            <div>
              <span className="bone" />
              <span className="bone bone-short" />
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
