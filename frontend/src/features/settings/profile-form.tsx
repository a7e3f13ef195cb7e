import { zodResolver } from '@hookform/resolvers/zod';
import { t } from 'i18next';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as z from 'zod/mini';
import { Avatar } from '@/components/avatar.tsx';
import { Field } from '@/components/field.tsx';
import { AlertIcon, CheckIcon } from '@/components/icon.tsx';
import { ApiError } from '@/lib/api.ts';
import { fullName, memberSchema } from '@/lib/person.ts';
import { safeLink, safePicture } from '@/lib/safe-link.ts';
import { useClient } from '@/stream/client-context.ts';
import { member } from '@/stream/members.ts';
import { words } from '@/stream/optimistic.ts';

const schema = z.object({
  first_name: z.string().check(z.trim(), z.maxLength(150, t('settings.profile.long'))),
  last_name: z.string().check(z.trim(), z.maxLength(150, t('settings.profile.long'))),
  bio: z.string().check(z.trim(), z.maxLength(500, t('settings.profile.long_bio'))),
  location: z.string().check(z.trim(), z.maxLength(100, t('settings.profile.long'))),
  website: z.string().check(
    z.trim(),
    z.refine((text) => text === '' || safeLink(text) !== null, t('settings.profile.bad_website')),
  ),
  avatar: z.string().check(
    z.trim(),
    z.refine((text) => text === '' || safePicture(text) !== null, t('settings.profile.bad_picture')),
  ),
});

const fields = ['first_name', 'last_name', 'bio', 'location', 'website', 'avatar'] as const;

export function ProfileForm() {
  const { api, cache, changed, me } = useClient();
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: {
      first_name: me.first_name,
      last_name: me.last_name,
      bio: me.profile.bio ?? '',
      location: me.profile.location ?? '',
      website: me.profile.website ?? '',
      avatar: me.profile_picture ?? '',
    },
  });
  const { errors, isSubmitting, isDirty } = form.formState;
  const [saved, setSaved] = useState(false);

  const submit = form.handleSubmit(async (values) => {
    try {
      const answer = await api.send('PATCH', '/api/auth/profile/', values, memberSchema.parse);
      cache.write(member(me.username), (page) => ({ ...page, ...answer }));
      await changed();
      form.reset(values);
      setSaved(true);
    } catch (error) {
      const named = error instanceof ApiError ? fields.filter((field) => error.fields[field]) : [];
      for (const field of named) {
        if (error instanceof ApiError) form.setError(field, { message: error.fields[field] ?? '' });
      }
      if (named.length === 0) form.setError('root', { message: words(error) });
    }
  });

  return (
    <form className="form card cut" data-hue="none" onSubmit={(event) => void submit(event)} noValidate>
      <div className="head">
        <Avatar person={me} size={4} />
        <div className="grow">
          <span className="strong">{fullName(me)}</span>
          <span className="sub">
            @{me.username} · {me.email}
          </span>
        </div>
      </div>
      <div className="two">
        <Field
          label={t('settings.profile.first_name')}
          error={errors.first_name?.message}
          {...form.register('first_name')}
        />
        <Field
          label={t('settings.profile.last_name')}
          error={errors.last_name?.message}
          {...form.register('last_name')}
        />
      </div>
      <Field label={t('settings.profile.bio')} error={errors.bio?.message} {...form.register('bio')} />
      <div className="two">
        <Field label={t('settings.profile.location')} error={errors.location?.message} {...form.register('location')} />
        <Field
          label={t('settings.profile.website')}
          inputMode="url"
          error={errors.website?.message}
          {...form.register('website')}
        />
      </div>
      <Field
        label={t('settings.profile.picture')}
        inputMode="url"
        hint={t('settings.profile.picture_hint')}
        error={errors.avatar?.message}
        {...form.register('avatar')}
      />
      {errors.root && (
        <p className="error" role="alert">
          <AlertIcon small />
          {errors.root.message}
        </p>
      )}
      <div className="flow-tight">
        <button type="submit" className="button button-main cut" aria-disabled={isSubmitting || !isDirty}>
          {t('save')}
        </button>
        <p className="small dim flow-tight" role="status">
          {saved && !isDirty && !errors.root && (
            <>
              <CheckIcon small />
              {t('settings.profile.saved')}
            </>
          )}
        </p>
      </div>
    </form>
  );
}
