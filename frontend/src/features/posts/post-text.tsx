import { Link } from 'react-router';
import { safeLink } from '@/lib/safe-link.ts';

interface PostTextProps {
  text: string;
}

const special = /(@[\w.+-]*\w|https?:\/\/[^\s<>"]+)/g;

/** What people wrote, as they wrote it: text. Names and addresses in it lead somewhere, nothing else does. */
export function PostText({ text }: PostTextProps) {
  return text.split(special).map((part, index) => {
    if (index % 2 === 0) return part;
    const key = `${index}-${part}`;
    if (part.startsWith('@')) {
      return (
        <Link className="strong" key={key} to={`/people/${part.slice(1)}`}>
          {part}
        </Link>
      );
    }
    const href = safeLink(part);
    return href ? (
      <a className="underlined" key={key} href={href} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ) : (
      part
    );
  });
}
