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
  display_name: z.string().check(z.trim(), z.maxLength(60, t('session.long_name'))),
  username: z
    .string()
    .check(
      z.trim(),
      z.minLength(3, t('session.short_username')),
      z.maxLength(30, t('session.long_username')),
      z.regex(/^[\w.+-]+$/, t('session.bad_username')),
    ),
  email: z.string().check(z.trim(), z.email(t('session.bad_email'))),
  password: z.string().check(z.minLength(8, t('session.short_password'))),
});

const fields = ['display_name', 'username', 'email', 'password'] as const;

interface SignUpProps {
  api: Api;
  onSignedIn: () => Promise<void>;
}

export function SignUp({ api, onSignedIn }: SignUpProps) {
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { display_name: '', username: '', email: '', password: '' },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ email, password, ...rest }) => {
    try {
      await api.send('POST', '/api/auth/signup/', { ...rest, email, password }, nothing);
      await api.send('POST', '/api/auth/login/', { email, password }, nothing);
      await onSignedIn();
    } catch (error) {
      if (!(error instanceof ApiError)) {
        form.setError('root', { message: t('error.network') });
        return;
      }
      const named = fields.filter((field) => error.fields[field]);
      for (const field of named)
        form.setError(field, { message: error.fields[field] ?? '' }, { shouldFocus: field === named[0] });
      if (named.length === 0) form.setError('root', { message: error.message });
    }
  });

  return (
    <form
      className="form cut"
      data-hue="notify"
      onSubmit={(event) => void submit(event)}
      noValidate
      aria-labelledby="sign-up"
    >
      <h2 id="sign-up">{t('session.create')}</h2>
      <Field
        label={t('session.display_name')}
        autoComplete="name"
        error={errors.display_name?.message}
        {...form.register('display_name')}
      />
      <Field
        label={t('session.username')}
        autoComplete="username"
        autoCapitalize="none"
        hint={t('session.username_hint')}
        error={errors.username?.message}
        {...form.register('username')}
      />
      <Field
        label={t('session.email')}
        type="email"
        autoComplete="email"
        error={errors.email?.message}
        {...form.register('email')}
      />
      <PasswordField
        label={t('session.password')}
        autoComplete="new-password"
        hint={t('session.password_hint')}
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
        {isSubmitting ? t('session.creating') : t('session.create')}
      </button>
      <p className="small dim">
        {t('session.have_account')}{' '}
        <Link className="strong bright" to="/sign-in">
          {t('session.sign_in')}
        </Link>
      </p>
    </form>
  );
}
