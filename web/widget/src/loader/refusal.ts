import type { About } from '../page/refusals';

/** What was wrong, found out at the call; its words are in a file that only pages with a mistake fetch. */
export class Refusal<Code extends keyof About = keyof About> {
  readonly about: About[Code];
  constructor(
    readonly code: Code,
    ...about: About[Code]
  ) {
    this.about = about;
  }
}
