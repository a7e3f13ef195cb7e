import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { inTown, open } from '@/testing/app.tsx';
import { person } from '@/testing/town.ts';

inTown();

const lane = (name: string) => screen.findByRole('region', { name }, { timeout: 4000 });

test('the home page has three streams, each with its own', async () => {
  await open('/');
  expect(await within(await lane('Thoughts')).findByText(/Trains that arrive on time/)).toBeVisible();
  expect(within(await lane('Media')).getByRole('img', { name: 'Five in the morning, harbour side.' })).toBeVisible();
  expect(within(await lane('Milestones')).getByText('3:58:12')).toBeVisible();
});

test('a like counts at once and says what it is', async () => {
  const { town, user } = await open('/');
  await user.click(await screen.findByRole('button', { name: 'Like, 19' }));
  const liked = await screen.findByRole('button', { name: 'Like, 20' });
  expect(liked).toHaveAttribute('aria-pressed', 'true');
  await waitFor(() => expect(town.posts.find((one) => one.id === 12)?.likes_count).toBe(20));
});

test('a like that did not count goes back', async () => {
  const { user } = await open('/', (town) => town.failing.set('POST /api/posts/12/like/', 500));
  await user.click(await screen.findByRole('button', { name: 'Like, 19' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('The like did not count');
  expect(screen.getByRole('button', { name: 'Like, 19' })).toHaveAttribute('aria-pressed', 'false');
});

test('counts move while one looks, and older news of them is ignored', async () => {
  const { stream } = await open('/');
  await screen.findByRole('button', { name: 'Like, 19' });
  act(() => stream.ephemeral({ type: 'post_activity', post_id: 12, likes: 30, comments: 4, version: 9 }));
  expect(await screen.findByRole('button', { name: 'Like, 30' })).toBeVisible();
  act(() => stream.ephemeral({ type: 'post_activity', post_id: 12, likes: 25, comments: 3, version: 8 }));
  expect(screen.getByRole('button', { name: 'Like, 30' })).toBeVisible();
});

test('new posts wait behind a pill: the feed never jumps', async () => {
  const { happens, town, user } = await open('/');
  await screen.findByText(/Trains that arrive/);
  const fresh = { ...town.posts[0], id: 500, content: 'A new bridge.', author: person('ines') };
  act(() => happens('new_post', { post: fresh, from_user: person('ines'), text: '', link: '' }));
  expect(screen.queryByText('A new bridge.')).toBeNull();
  await user.click(await screen.findByRole('button', { name: '1 new post' }));
  expect(screen.getByText('A new bridge.')).toBeVisible();
});

test('what I post is there, and the field is empty again', async () => {
  const { user } = await open('/');
  const field = await screen.findByLabelText('New post', { selector: 'textarea' });
  await user.type(field, 'The lift works again.');
  await user.click(screen.getByRole('button', { name: 'Post' }));
  expect(await within(await lane('Thoughts')).findByText('The lift works again.')).toBeVisible();
  expect(field).toHaveValue('');
});

test('what could not be posted stays in the field, with words', async () => {
  const { user } = await open('/', (town) => town.failing.set('POST /api/posts/', 500));
  const field = await screen.findByLabelText('New post', { selector: 'textarea' });
  await user.type(field, 'The lift works again.');
  await user.click(screen.getByRole('button', { name: 'Post' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('The server is having a bad day.');
  expect(field).toHaveValue('The lift works again.');
});

test('a deep link shows the post and marks the comment', async () => {
  await open('/posts/12#comment-31');
  const comment = await screen.findByText(/My aunt teaches on Thursdays/);
  expect(comment.closest('.is-target')).not.toBeNull();
});

test('a comment joins the others', async () => {
  const { user } = await open('/posts/12');
  await user.type(await screen.findByLabelText('Answer Maria'), 'I know somebody.{Enter}');
  expect(await screen.findByText('I know somebody.')).toBeVisible();
});

test('markup and script links in a post are text', async () => {
  await open('/posts/12', (town) => {
    const post = town.posts.find((one) => one.id === 12);
    if (post) post.content = '<img src=x onerror=alert(1)> javascript:alert(1) https://numeneon.example @maria';
  });
  expect(await screen.findByText(/<img src=x onerror=alert\(1\)> javascript:alert\(1\)/)).toBeVisible();
  expect(screen.getByRole('link', { name: 'https://numeneon.example' })).toHaveAttribute(
    'rel',
    'noopener noreferrer nofollow',
  );
  expect(screen.getByRole('link', { name: '@maria' })).toHaveAttribute('href', '/people/maria');
});

test('a post that is gone says so', async () => {
  await open('/posts/999');
  expect(await screen.findByText('This post is not here')).toBeVisible();
});

test('the page of somebody I do not know offers to add them', async () => {
  await open('/people/ida');
  expect(await screen.findByRole('heading', { name: 'Ida', level: 1 })).toBeVisible();
  expect(await screen.findByRole('button', { name: 'Add Ida' })).toBeVisible();
});

test('an at and a letter offer the friends, and the keyboard takes one', async () => {
  const { user } = await open('/');
  const field = await screen.findByRole('textbox', { name: 'New post' });
  await user.type(field, 'Dinner with @ke');
  const list = await screen.findByRole('listbox', { name: 'People to mention' });
  expect(within(list).getAllByRole('option')[0]).toHaveTextContent('@kenji');
  expect(field).toHaveAttribute('aria-activedescendant', within(list).getAllByRole('option')[0]?.id);
  await user.keyboard('{Enter}');
  expect(field).toHaveValue('Dinner with @kenji ');
  expect(screen.queryByRole('listbox', { name: 'People to mention' })).toBeNull();
  await user.keyboard('at eight, mail me: a@ke');
  expect(screen.queryByRole('listbox', { name: 'People to mention' }), 'an address is no mention').toBeNull();
});

test('escape leaves what was typed as it is', async () => {
  const { user } = await open('/');
  const field = await screen.findByRole('textbox', { name: 'New post' });
  await user.type(field, '@ke');
  await screen.findByRole('listbox', { name: 'People to mention' });
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('listbox', { name: 'People to mention' })).toBeNull();
  expect(field).toHaveValue('@ke');
});
