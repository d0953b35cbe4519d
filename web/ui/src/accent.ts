/** The better readable of white and #0c1f18 on this colour: white, if it is not written #rrggbb. */
export function readableOn(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => (Number.parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2) as [
    number,
    number,
    number,
  ];
  // Where both contrast equally.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2022 ? '#0c1f18' : '#ffffff';
}
