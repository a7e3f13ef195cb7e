/** Links other people typed. Anything that is not plain http(s) is shown as text and leads nowhere. */
export function safeLink(text: string | null): string | null {
  if (!text) return null;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** A picture's address: our own paths, or http(s). */
export function safePicture(text: string | null): string | null {
  if (!text) return null;
  return /^\/(?!\/)/.test(text) ? text : safeLink(text);
}
