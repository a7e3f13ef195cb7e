/** Two soft notes, made on the spot: no file to fetch, and silent where a page may not sound yet. */
let context: AudioContext | undefined;

export function chime(): void {
  if (!('AudioContext' in globalThis) || navigator.userActivation?.hasBeenActive === false) return;
  context ??= new AudioContext();
  const { currentTime, destination } = context;
  for (const [index, frequency] of [660, 990].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const from = currentTime + index * 0.09;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.05, from + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.22);
    tone.connect(volume).connect(destination);
    tone.start(from);
    tone.stop(from + 0.25);
  }
}
