import { Dot, pastInstant, relativeTime } from '@beckon/ui';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../../locales/en';
import { words } from '../../locales/en_settings';
import type { Widget } from '../api';
import { CopyBlock } from '../copy';
import { Section } from '../page';
import { useEvery } from '../remote';
import rows from '../rows.module.css';
import styles from './widget.module.css';

/** How often it is looked whether a page is connected, milliseconds. */
const LOOK_MS = 2_000;
/** A page that loaded the widget longer ago than this may be gone again, milliseconds. */
const LATELY_MS = 10 * 60_000;
/** What has just connected is new for so long, milliseconds. */
const NEWS_MS = 8_000;

function snippet(publicUrl: string, id: string): string {
  return `<script>
  (function (w, d, s, u, n) {
    w[n] = w[n] || function () { (w[n].q = w[n].q || []).push(arguments); };
    w[n].t = Date.now();
    var e = d.createElement(s), f = d.getElementsByTagName(s)[0];
    e.async = 1; e.src = u; f.parentNode.insertBefore(e, f);
  })(window, document, 'script', '${publicUrl}/widget.js', 'liveChat');
  liveChat('init', '${id}');
</script>`;
}

/** How the widget gets onto a site, and whether it did. */
export function Install({
  widget,
  publicUrl,
  look,
}: {
  widget: Widget;
  publicUrl: string;
  /** Reads the widget again; resolves to whether the server answered. */
  look: () => Promise<boolean>;
}) {
  return (
    <Section heading={words.install.heading} lead={words.install.lead}>
      <CopyBlock label={words.install.snippet} value={snippet(publicUrl, widget.id)} />
      <Check seen={widget.seen} look={look} />
      <details class={rows.folded}>
        <summary>{words.install.trouble}</summary>
        <div class={styles.trouble}>
          <p class={rows.note}>{words.install.originNeeded}</p>
          <CopyBlock
            label={words.install.command}
            value={`beckon admin widget allow-origin ${widget.id} ${originFor(widget)}`}
          />
          <CopyBlock
            label={words.install.csp}
            value={`script-src ${publicUrl}\nframe-src ${publicUrl}\nconnect-src ${publicUrl}`}
          />
        </div>
      </details>
    </Section>
  );
}

/** The site that the command is most likely for: the one that was refused or seen last, else an example. */
function originFor(widget: Widget): string {
  const seen = widget.seen?.origin;
  return seen !== undefined && !widget.allowed_origins.includes(seen) ? seen : 'https://shop.example';
}

/** The live check: waits for a page, then says which one is connected. */
function Check({ seen, look }: { seen: Widget['seen']; look: () => Promise<boolean> }) {
  const [reached, setReached] = useState(true);
  useEvery(LOOK_MS, () => void look().then(setReached));
  const fresh = useNews(seen?.at ?? null);
  const present = Date.now();
  const lately = seen !== null && (seen.connected > 0 || present - Date.parse(seen.at) < LATELY_MS);
  const host = seen === null ? '' : hostOf(seen.origin);
  return (
    <div class={styles.check}>
      <span class={styles.lamp}>
        {fresh ? <Dot label="" /> : <span class={styles.disc} data-here={lately} aria-hidden="true" />}
      </span>
      <div>
        <p class={styles.verdict} role="status">
          {seen === null ? words.install.waiting : lately ? words.install.connected(host) : words.install.last(host)}
        </p>
        {!reached ? (
          <p class={rows.note}>{words.install.checkFailed}</p>
        ) : seen === null ? (
          <p class={rows.note}>{words.install.waitingLead}</p>
        ) : (
          <p class={rows.note}>
            {words.install.seenAgo(relativeTime(pastInstant(seen.at, present), present, text.locale))}
            {seen.connected > 0 && ` · ${words.install.visitors(seen.connected)}`}
          </p>
        )}
      </div>
    </div>
  );
}

/** True for a moment after something changed while it was looked at: it is new, until it has been seen. */
function useNews(what: string | null): boolean {
  const known = useRef(what);
  const [fresh, setFresh] = useState(false);
  useEffect(() => {
    if (known.current === what) return;
    known.current = what;
    setFresh(true);
    const timer = setTimeout(() => setFresh(false), NEWS_MS);
    return () => clearTimeout(timer);
  }, [what]);
  return fresh;
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host;
  } catch {
    return origin;
  }
}
