import { zodResolver } from '@hookform/resolvers/zod';
import { t } from 'i18next';
import { useForm } from 'react-hook-form';
import { Link } from 'react-router';
import * as z from 'zod/mini';
import { Field } from '@/components/field.tsx';
import { AlertIcon } from '@/components/icon.tsx';
import { type Api, ApiError, nothing } from '@/lib/api.ts';
import { PasswordField } from './password-field.tsx';

const schema = z.object({
  email: z.string().check(z.trim(), z.minLength(1, t('session.need_email'))),
  password: z.string().check(z.minLength(1, t('session.need_password'))),
});

interface SignInProps {
  api: Api;
  onSignedIn: () => Promise<void>;
}

export function SignIn({ api, onSignedIn }: SignInProps) {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '' } });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      await api.send('POST', '/api/auth/login/', values, nothing);
      await onSignedIn();
    } catch (error) {
      form.setError('root', { message: error instanceof ApiError ? error.message : t('error.network') });
    }
  });

  return (
    <form
      className="form cut"
      data-hue="notify"
      onSubmit={(event) => void submit(event)}
      noValidate
      aria-labelledby="sign-in"
    >
      <h2 id="sign-in">{t('session.sign_in')}</h2>
      <Field
        label={t('session.login')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        error={errors.email?.message}
        {...form.register('email')}
      />
      <PasswordField
        label={t('session.password')}
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register('password')}
      />
      {errors.root && (
        <p className="error" role="alert">
          <AlertIcon small />
          {errors.root.message}
        </p>
      )}
      <button type="submit" className="button button-main cut" aria-disabled={isSubmitting}>
        {isSubmitting ? t('session.signing_in') : t('session.sign_in')}
      </button>
      <p className="small dim">
        {t('session.new_here')}{' '}
        <Link className="strong bright" to="/sign-up">
          {t('session.create')}
        </Link>
      </p>
    </form>
  );
}
