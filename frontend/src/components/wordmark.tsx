interface WordmarkProps {
  className?: string;
}

/** One thin stroke, letter by letter. */
export function Wordmark({ className = '' }: WordmarkProps) {
  return (
    <svg className={`wordmark ${className}`} viewBox="-1 -1 168 18" role="img" aria-label="NUMENEON">
      <path d="M0 16V0l12 16V0M22 0v12l4 4h4l4-4V0M44 16V0l7 9 7-9v16M79 0H68v16h11M68 8h9M89 16V0l12 16V0M122 0h-11v16h11M111 8h9M136 0h8v12l-4 4h-8V4zM154 16V0l12 16V0" />
    </svg>
  );
}
