/** Two quiet notes, a fourth apart. Hertz. */
const NOTES = [659.25, 880] as const;
const NOTE_GAP_S = 0.11;
const NOTE_LENGTH_S = 0.42;
const LOUDNESS = 0.08;
/** Many messages at once make one sound. Milliseconds. */
const QUIET_MS = 2_000;

let context: AudioContext | undefined;
let playedAt = Number.NEGATIVE_INFINITY;

/** Plays the sound of a new message. Silent until the agent has pressed anything on this page, as browsers demand. */
export function chime(): void {
  const now = performance.now();
  if (now - playedAt < QUIET_MS || navigator.userActivation?.hasBeenActive === false) return;
  playedAt = now;
  try {
    context ??= new AudioContext();
    void context.resume();
    for (const [index, frequency] of NOTES.entries()) strike(context, frequency, index * NOTE_GAP_S);
  } catch {
    // A browser without sound.
  }
}

/** One struck note: there at once, gone softly. */
function strike(audio: AudioContext, frequency: number, after: number): void {
  const start = audio.currentTime + after;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = 'sine';
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.012);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_LENGTH_S);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + NOTE_LENGTH_S);
}
