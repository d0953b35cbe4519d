import { useEffect, useRef, useState } from 'preact/hooks';
import { reasonOf } from './submission';

/** How long *Saved* stands, milliseconds. */
const SAVED_MS = 4_000;

/** One thing that a button does: at work, done a moment ago, or failed. */
export interface Action {
  busy: boolean;
  saved: boolean;
  failure: string | null;
  /** Does it, once at a time. Resolves to whether it worked. */
  run: (act: () => Promise<void>) => Promise<boolean>;
}

export function useAction(): Action {
  const [state, setState] = useState<{ busy: boolean; saved: boolean; failure: string | null }>({
    busy: false,
    saved: false,
    failure: null,
  });
  const busy = useRef(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  useEffect(() => {
    if (!state.saved) return;
    const timer = setTimeout(() => setState((now) => ({ ...now, saved: false })), SAVED_MS);
    return () => clearTimeout(timer);
  }, [state.saved]);

  const run = async (act: () => Promise<void>): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setState({ busy: true, saved: false, failure: null });
    try {
      await act();
      if (alive.current) setState({ busy: false, saved: true, failure: null });
      return true;
    } catch (error) {
      if (alive.current) setState({ busy: false, saved: false, failure: reasonOf(error) });
      return false;
    } finally {
      busy.current = false;
    }
  };
  return { ...state, run };
}
