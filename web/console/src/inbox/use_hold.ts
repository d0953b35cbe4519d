import { useEffect, useMemo } from 'preact/hooks';
import type { Inbox } from './inbox';
import type { View } from './rows';

/** What keeps the rows of a list in their places. */
export interface HoldReasons {
  pointed(on: boolean): void;
  focused(on: boolean): void;
  scrolled(on: boolean): void;
}

/** Rows never move under a pointer, under the keyboard's focus, or above what is being read further down. */
export function useHold(inbox: Inbox, view: View): HoldReasons {
  const reasons = useMemo(() => {
    const present = new Set<keyof HoldReasons>();
    const because = (reason: keyof HoldReasons) => (on: boolean) => {
      if (on) present.add(reason);
      else present.delete(reason);
      inbox.hold(view, present.size > 0);
    };
    return { pointed: because('pointed'), focused: because('focused'), scrolled: because('scrolled') };
  }, [inbox, view]);
  useEffect(() => () => inbox.hold(view, false), [inbox, view]);
  return reasons;
}
