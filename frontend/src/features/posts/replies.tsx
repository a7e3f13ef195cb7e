import { t } from 'i18next';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { AlertIcon, SendIcon } from '@/components/icon.tsx';
import { When } from '@/components/when.tsx';
import { shortName } from '@/lib/person.ts';
import { useStore } from '@/lib/store.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { words } from '@/stream/optimistic.ts';
import { deleteKey, usePostActions } from './actions.ts';
import { useMentions } from './mention-field.tsx';
import { PostText } from './post-text.tsx';
import { type Post, replies } from './slots.ts';

interface RepliesProps {
  post: Post;
  target: number | null;
}

/** The comments under a post, and the field for one more. */
export function Replies({ post, target }: RepliesProps) {
  const query = useSlot(replies(post.id));
  const held = useStore(useClient().held);
  const [to, setTo] = useState<Post | null>(null);
  if (query.isPending) return <Bones rows={1} />;
  if (query.isError) return <Failed what={t('posts.failed.comments')} onRetry={() => void query.refetch()} />;
  const list = query.data.filter((one) => !held.has(deleteKey(one.id)));
  return (
    <div className="comments">
      {list.map((comment) => (
        <Comment key={comment.id} comment={comment} isTarget={comment.id === target} onReply={() => setTo(comment)} />
      ))}
      <AnswerField key={to?.id ?? 0} post={post} to={to} />
    </div>
  );
}

interface CommentProps {
  comment: Post;
  isTarget: boolean;
  onReply: () => void;
}

function Comment({ comment, isTarget, onReply }: CommentProps) {
  const { me } = useClient();
  const actions = usePostActions();
  const element = useRef<HTMLDivElement>(null);
  const name = shortName(comment.author);
  useEffect(() => {
    if (isTarget) element.current?.scrollIntoView({ block: 'center' });
  }, [isTarget]);
  return (
    <div className={`comment enters ${isTarget ? 'is-target' : ''}`} id={`comment-${comment.id}`} ref={element}>
      <Avatar person={comment.author} size={1} />
      <div className="grow">
        <Link className="strong" to={`/people/${comment.author.username}`}>
          {name}
        </Link>
        <span className="tiny dimmer">
          <When at={comment.created_at} />
        </span>
        <p dir="auto">
          <PostText text={comment.content} />
        </p>
        <div className="comment-does">
          <button type="button" className="plain-button" aria-label={t('posts.reply_to', { name })} onClick={onReply}>
            {t('posts.reply')}
          </button>
          {comment.author.id === me.id && (
            <button type="button" className="plain-button" onClick={() => actions.remove(comment)}>
              {t('posts.delete')}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

interface AnswerFieldProps {
  post: Post;
  /** The comment that is answered, if it is not the post itself. */
  to: Post | null;
}

function AnswerField({ post, to }: AnswerFieldProps) {
  const actions = usePostActions();
  const [text, setText] = useState(to ? `@${to.author.username} ` : '');
  const [failure, setFailure] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const mentions = useMentions(field, text, setText);
  const name = shortName((to ?? post).author);
  useEffect(() => {
    if (to) field.current?.focus();
  }, [to]);

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const content = text.trim();
    if (!content || sending) return;
    setSending(true);
    setFailure(null);
    setText('');
    try {
      await actions.answer({ content, parent_id: post.id, ...(to ? { reply_to_comment_id: to.id } : {}) });
    } catch (error) {
      setText(content);
      setFailure(words(error));
    } finally {
      setSending(false);
    }
  }

  return (
    <form onSubmit={(event) => void send(event)}>
      <label className={`field field-soft cut ${failure ? 'field-error' : ''}`}>
        <span className="sr">{t('posts.answer', { name })}</span>
        <input
          ref={field}
          value={text}
          maxLength={500}
          placeholder={t('posts.answer', { name })}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={mentions.press}
          autoComplete="off"
          {...mentions.field}
        />
        <button type="submit" className="icon-button" aria-label={t('posts.send_answer')}>
          <SendIcon small />
        </button>
      </label>
      {mentions.list}
      {failure && (
        <p className="error" role="alert">
          <AlertIcon small />
          {failure}
        </p>
      )}
    </form>
  );
}
