/** Every notification file of every feature. A new type is here by existing. */
import { createRegistry, type NotificationType } from '@/stream/notification.tsx';

const files = import.meta.glob<NotificationType>('../features/*/notifications/*.tsx', {
  eager: true,
  import: 'default',
});

export const registry = createRegistry(Object.values(files));
