import { ArrowSquareOutIcon, CheckIcon, dateAndTime, MinusIcon, relativeTime } from '@beckon/ui';
import type { Shown } from './classify';
import { shortAddress } from './format';
import { Mask } from './mask';
import { Picture } from './picture';
import { useCard } from './scope';
import { LongText, Text } from './text';
import type { ContextNode } from './tree';
import styles from './value.module.css';
import { words } from './words';

/** One value without members, in the form its kind asks for. `brief` = inside a table cell or a chip. */
export function Value({
  shown,
  node,
  label,
  brief,
}: {
  shown: Shown;
  node: ContextNode;
  label: string;
  brief?: boolean;
}) {
  const { format, view } = useCard();
  switch (shown.as) {
    case 'money':
    case 'number':
      return (
        <span class={styles.digits}>
          <Text text={format.text(shown, node, 0)} />
        </span>
      );
    case 'masked':
      return <Mask node={node} label={label} />;
    case 'yes':
      return (
        <span class={styles.symbol}>
          <CheckIcon size={16} />
          {words.yes}
        </span>
      );
    case 'no':
      return (
        <span class={`${styles.symbol} ${styles.quiet}`}>
          <MinusIcon size={16} />
          {words.no}
        </span>
      );
    case 'empty':
    case 'none':
      return <span class={styles.quiet}>{format.text(shown, node, 0)}</span>;
    case 'instant':
      return (
        <time dateTime={new Date(shown.at).toISOString()} class={styles.time}>
          <span class={styles.moment}>
            <span class={styles.date}>
              <Text text={dateAndTime(shown.at, format.locale)} />
            </span>
            <span class={styles.distance}>
              <span class={styles.between}> · </span>
              {relativeTime(shown.at, view.now.value, format.locale)}
            </span>
          </span>
        </time>
      );
    case 'link':
      return (
        <a
          class={`${styles.link} ${brief ? '' : styles.leaving}`}
          href={shown.href}
          target="_blank"
          rel="noopener noreferrer"
          title={node.text}
        >
          <Address href={shown.href} />
          {!brief && <ArrowSquareOutIcon size={14} class={styles.outside ?? ''} />}
          <span class="bk-spoken"> ({words.opensOutside})</span>
        </a>
      );
    case 'email':
      return (
        <a class={styles.link} href={shown.href} dir="ltr">
          <Text text={node.text.slice(0, node.text.indexOf('@'))} />
          <wbr />
          <Text text={node.text.slice(node.text.indexOf('@'))} />
        </a>
      );
    case 'phone':
      return (
        <a class={styles.link} href={shown.href} dir="ltr">
          <Text text={node.text} />
        </a>
      );
    case 'colour':
      return (
        <span class={styles.colour}>
          <span class={styles.swatch} style={{ background: shown.css }} />
          <Text text={node.text} />
        </span>
      );
    case 'image':
      return <Picture src={shown.src} host={shown.host} loads={shown.loads && !brief} label={label} />;
    case 'long':
      return brief ? <Text text={node.text} /> : <LongText text={node.text} label={label} />;
    default:
      return <Text text={format.text(shown, node, 0)} />;
  }
}

/** Host, then path: a line breaks between the two first. */
function Address({ href }: { href: string }) {
  const address = shortAddress(href);
  const path = address.indexOf('/');
  if (path < 0) return <Text text={address} />;
  return (
    <bdi dir="ltr">
      <Text text={address.slice(0, path)} />
      <wbr />
      <Text text={address.slice(path)} />
    </bdi>
  );
}
