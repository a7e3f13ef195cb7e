import { t } from 'i18next';
import { type ComponentProps, useState } from 'react';
import { Field } from '@/components/field.tsx';
import { EyeIcon } from '@/components/icon.tsx';

type PasswordFieldProps = Omit<ComponentProps<typeof Field>, 'type' | 'end'>;

export function PasswordField(props: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? 'text' : 'password'}
      end={
        <button
          type="button"
          className="icon-button"
          aria-pressed={shown}
          aria-label={t('session.show_password')}
          onClick={() => setShown(!shown)}
        >
          <EyeIcon />
        </button>
      }
    />
  );
}
