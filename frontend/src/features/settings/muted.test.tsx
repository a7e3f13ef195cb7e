import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { inTown, open } from '@/testing/app.tsx';
import { person } from '@/testing/town.ts';

inTown();

const list = () => screen.findByRole('list', { name: 'Muted' });

test('who and what is muted is listed, and can be heard of again one by one', async () => {
  const { town, user } = await open('/settings/notifications', (town) => {
    town.preferences.muted_people = [person('maria').id, person('kenji').id];
    town.preferences.muted_posts = [13];
  });
  const shown = await list();
  expect(await within(shown).findByRole('link', { name: 'Maria' })).toHaveAttribute('href', '/people/maria');
  expect(await within(shown).findByText('Reading the same page four times is also reading.')).toBeVisible();
  await user.click(within(shown).getByRole('button', { name: 'Unmute Maria' }));
  await waitFor(() => expect(within(shown).queryByText('Maria')).toBeNull());
  expect(await within(shown).findByText('Kenji'), 'the others stay').toBeVisible();
  expect(town.preferences.muted_people).toEqual([person('kenji').id]);
  await user.click(within(shown).getByRole('button', { name: 'Unmute this post' }));
  await waitFor(() => expect(town.preferences.muted_posts).toEqual([]));
});

test('nobody muted, nothing said', async () => {
  await open('/settings/notifications');
  await screen.findByText('Quiet hours');
  expect(screen.queryByText('Muted')).toBeNull();
});
