import { useEffect, useRef, useState } from 'react';

interface RollProps {
  value: number;
  className?: string;
}

/** A count that rolls: old up and out, new from below; the other way round when it falls. */
export function Roll({ value, className = '' }: RollProps) {
  const previous = useRef(value);
  const [from, setFrom] = useState<number | null>(null);
  useEffect(() => {
    if (previous.current === value) return;
    setFrom(previous.current);
    previous.current = value;
  }, [value]);
  if (from === null || from === value) return <span className={`num ${className}`}>{value}</span>;
  return (
    <span className={`roll rolls ${value < from ? 'rolls-down' : ''} ${className}`} key={value}>
      <span aria-hidden="true">{from}</span>
      <span>{value}</span>
    </span>
  );
}
