import { ArrowLeftIcon, Button, CheckIcon } from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { text } from '../locales/en';
import { words } from '../locales/en_settings';
import { hrefOf, type SettingsPlace } from '../route';
import { panesBeside } from '../viewport';
import styles from './page.module.css';
import type { Remote } from './remote';

/** One page of the settings: its title, the way back, and what stands on it. */
export function Page({
  heading,
  lead,
  back,
  children,
}: {
  heading: string;
  lead?: string;
  /** Where the way back leads; shown always, or only where one pane is on screen at a time. */
  back?: { to: SettingsPlace; label: string; always?: boolean } | undefined;
  children: ComponentChildren;
}) {
  const scroller = useRef<HTMLElement>(null);
  // A page begins at its top, not where the last one was scrolled to.
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [heading]);
  return (
    <main ref={scroller} class={styles.page}>
      <header class={styles.header}>
        {back && (back.always || !panesBeside.value) && (
          <a
            class={styles.back}
            href={hrefOf({ page: 'settings', place: back.to })}
            aria-label={back.label}
            title={back.label}
          >
            <ArrowLeftIcon />
          </a>
        )}
        <h1 class={styles.heading}>{heading}</h1>
      </header>
      <div class={styles.body}>
        {lead !== undefined && <p class={styles.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  );
}

/** A part of a page: what it is about at the side, what can be done beside it. */
export function Section({
  heading,
  lead,
  children,
}: {
  heading: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={styles.section} aria-labelledby={id}>
      <div class={styles.about}>
        <h2 class={styles.sectionHeading} id={id}>
          {heading}
        </h2>
        {lead !== undefined && <p class={styles.sectionLead}>{lead}</p>}
      </div>
      <div class={styles.content}>{children}</div>
    </section>
  );
}

/** What stands in place of a page until it is read: grey rows, or why it could not be. */
export function Unready({ remote, retry }: { remote: Remote<unknown>; retry: () => void }) {
  if (remote.state === 'loading') {
    return (
      <div class={styles.skeleton} role="status">
        <span class="bk-spoken">{text.loading}</span>
        <span />
        <span />
        <span />
        <span />
      </div>
    );
  }
  if (remote.state === 'ready') return null;
  return (
    <div class={styles.failed} role="alert">
      <p>{remote.unknown ? words.unknown : words.loadFailed}</p>
      {!remote.unknown && <Button onClick={retry}>{text.tryAgain}</Button>}
    </div>
  );
}

/** What will be here, and what to do now. */
export function Empty({ heading, lead }: { heading: string; lead: string }) {
  return (
    <div class={styles.empty}>
      <p class={styles.emptyHeading}>{heading}</p>
      <p class={styles.sectionLead}>{lead}</p>
    </div>
  );
}

/** *Saved*, for a moment, read aloud. */
export function Saved({ shown, children = words.saved }: { shown: boolean; children?: ComponentChildren }) {
  return (
    <span role="status" class={styles.saved}>
      {shown && (
        <>
          <CheckIcon size={16} />
          {children}
        </>
      )}
    </span>
  );
}
