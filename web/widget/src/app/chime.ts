/** Of the two notes, hertz: a fifth, soft and short. */
const NOTES = [587.33, 880];
/** Between their beginnings, and until the second has died away, seconds. */
const STEP = 0.09;
const FADE = 0.35;
const LOUDNESS = 0.12;

/** The sound of a new message, made on the spot. */
export function chime(context: AudioContext): void {
  for (const [index, frequency] of NOTES.entries()) {
    const from = context.currentTime + index * STEP;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + FADE);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + FADE);
  }
}
