/** Follow a topic while its card is on screen: what nobody looks at costs nothing. */
import { type RefObject, useEffect } from 'react';
import { useClient } from './client-context.ts';

export function useWatch(topic: string, element: RefObject<HTMLElement | null>): void {
  const { stream } = useClient();
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    let watching = false;
    const follow = (visible: boolean) => {
      if (visible === watching) return;
      watching = visible;
      if (visible) stream.watch([topic]);
      else stream.unwatch([topic]);
    };
    const observer = new IntersectionObserver((changes) => follow(changes.at(-1)?.isIntersecting ?? false), {
      rootMargin: '20% 0px',
    });
    observer.observe(target);
    return () => {
      observer.disconnect();
      follow(false);
    };
  }, [stream, topic, element]);
}
