/** The mark: a bubble left open where the call comes in, and the dot there. Never spoken: a name stands beside it. */
export function Mark({ size = 24, dot = true }: { size?: number; dot?: boolean }) {
  const edge = `${size / 16}rem`;
  return (
    <svg viewBox="0 0 24 24" width={edge} height={edge} fill="none" class="bk-icon" aria-hidden="true">
      <path
        d="M13 4.06A8 8 0 1 0 19.94 11M6.3 17.6 4.5 20.5l4.2-1.2"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      {dot && <circle cx="18" cy="6" r="2.75" fill="var(--bk-signal)" />}
    </svg>
  );
}
