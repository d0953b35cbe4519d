import type { ContextFrame, Outcome, Write } from '@beckon/sdk';
import { type Held, held } from './held';

/** What a write says; one that an older version of the widget left says it in its frame. */
export function parcelOf({ parcel, client_id }: Write, { mode, metadata }: ContextFrame): Held {
  return (parcel as Held | undefined) ?? held({ call: client_id, at: 0 }, mode, metadata);
}

/** The page's calls that a write answers. */
export function covers(write: Write): string[] {
  return write.hint?.covers?.split(',') ?? [];
}

/** It ended here, without the server. */
export function accepted(fields: { pending: boolean }): Outcome {
  return { type: 'accepted', accepted: { type: 'accepted', request: 0, duplicate: false, ...fields } };
}
