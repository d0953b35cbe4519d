/** The server's own lower bound, characters. */
const PASSWORD_LEAST = 10;

/** Whether the server would refuse a new password for its length. */
export function passwordIsShort(password: string): boolean {
  return [...password].length < PASSWORD_LEAST;
}
