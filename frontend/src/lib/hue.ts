/** One hue a meaning. Set on a container with `data-hue`; the colours themselves are in tokens.css. */
export type Hue = 'thought' | 'media' | 'milestone' | 'message' | 'notify' | 'danger' | 'none';
