import i18next from 'i18next';
import { absoluteTime, relativeTime } from '@/lib/time.ts';
import { useNow } from '@/lib/use-now.ts';

interface WhenProps {
  at: string;
}

/** "2 min"; the whole date for whoever hovers or listens. */
export function When({ at }: WhenProps) {
  const now = useNow();
  const language = i18next.language;
  return (
    <time dateTime={at} title={absoluteTime(at, language)}>
      {relativeTime(at, now, language)}
    </time>
  );
}
