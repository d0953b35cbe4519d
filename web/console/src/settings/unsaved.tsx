import { useEffect, useId, useState } from 'preact/hooks';
import { Confirm } from '../dialog/confirm';
import { words } from '../locales/en_settings';
import { goTo, keepDoor } from '../route';

/** The forms on screen that were changed and not saved. */
const changed = new Set<string>();

/** Says of a form whether it holds something that leaving would lose. */
export function useUnsaved(unsaved: boolean): void {
  const id = useId();
  useEffect(() => {
    if (!unsaved) return;
    changed.add(id);
    return () => {
      changed.delete(id);
    };
  }, [id, unsaved]);
}

/** Asks before a page with unsaved changes is left, by a link, the browser's buttons, or closing the tab. */
export function LeaveGuard() {
  const [to, setTo] = useState<string | null>(null);
  useEffect(() => {
    const open = keepDoor((href) => {
      if (changed.size === 0) return true;
      setTo(href);
      return false;
    });
    const onUnload = (event: BeforeUnloadEvent): void => {
      if (changed.size > 0) event.preventDefault();
    };
    addEventListener('beforeunload', onUnload);
    return () => {
      open();
      removeEventListener('beforeunload', onUnload);
    };
  }, []);
  if (to === null) return null;
  return (
    <Confirm
      heading={words.unsavedHeading}
      lead={words.unsavedLead}
      verb={words.leave}
      cancel={words.stay}
      onCancel={() => setTo(null)}
      onConfirm={() => {
        changed.clear();
        setTo(null);
        goTo(to);
        return Promise.resolve();
      }}
    />
  );
}
