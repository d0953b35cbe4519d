/** A random UUID. crypto.randomUUID needs a secure context; pages on plain http must work too. */
export function uuid(): string {
  const digit = () => ((crypto.getRandomValues(new Uint8Array(1))[0] as number) % 16).toString(16);
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, digit);
}
