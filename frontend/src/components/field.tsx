import { type ComponentProps, type ReactNode, useId } from 'react';
import { AlertIcon } from './icon.tsx';

interface FieldProps extends Omit<ComponentProps<'input'>, 'children'> {
  label: string;
  error?: string | undefined;
  hint?: string;
  /** What stands at the end, inside the frame. */
  end?: ReactNode;
}

/** Label above, error below in words and with an icon. */
export function Field({ label, error, hint, end, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      <span className={`field cut ${error ? 'field-error' : ''}`}>
        <input {...input} id={id} aria-invalid={error ? true : undefined} aria-describedby={`${id}-note`} />
        {end}
      </span>
      <span id={`${id}-note`}>
        {error ? (
          <span className="error" role="alert">
            <AlertIcon small />
            {error}
          </span>
        ) : (
          hint && <span className="tiny dimmer">{hint}</span>
        )}
      </span>
    </div>
  );
}
