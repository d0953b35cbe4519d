import { useEffect, useRef, useState } from 'preact/hooks';
import { Refused } from '../http';

/** Something that is read from the server. */
export type Remote<T> =
  | { state: 'loading' }
  /** `unknown`: it does not exist, or not for this agent. */
  | { state: 'failed'; unknown: boolean }
  | { state: 'ready'; value: T };

/** Reads something when a page opens, and again on demand. `subject` names what is read: another one is read anew. */
export function useRemote<T>(
  subject: string,
  read: () => Promise<T>,
): {
  remote: Remote<T>;
  /** Reads it from the start. */
  retry: () => void;
  /** Reads it again behind what is shown, which stays if that fails. Resolves to whether it worked. */
  refresh: () => Promise<boolean>;
  /** Shows what is known to be so now. */
  set: (value: T) => void;
} {
  const [remote, setRemote] = useState<Remote<T>>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);
  // Answers to questions that are no longer asked are dropped.
  const turn = useRef(0);
  const reader = useRef(read);
  reader.current = read;

  const show = (value: T): void => {
    turn.current += 1;
    setRemote({ state: 'ready', value });
  };

  useEffect(() => {
    setRemote({ state: 'loading' });
    turn.current += 1;
    const mine = turn.current;
    reader.current().then(
      (value) => mine === turn.current && setRemote({ state: 'ready', value }),
      (error: unknown) => {
        if (mine !== turn.current) return;
        const unknown = error instanceof Refused && [400, 403, 404].includes(error.status);
        setRemote({ state: 'failed', unknown });
      },
    );
    return () => {
      turn.current += 1;
    };
  }, [subject, attempt]);

  return {
    remote,
    retry: () => setAttempt(attempt + 1),
    refresh: async () => {
      const mine = turn.current;
      try {
        const value = await reader.current();
        if (mine === turn.current) setRemote({ state: 'ready', value });
        return true;
      } catch {
        return false;
      }
    },
    set: show,
  };
}

/** Does something again and again while the page is looked at. Milliseconds. */
export function useEvery(every: number, act: () => void): void {
  const action = useRef(act);
  action.current = act;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') action.current();
    }, every);
    return () => clearInterval(timer);
  }, [every]);
}
