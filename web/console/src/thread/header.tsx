import type { AgentCommand, Row, Viewer } from '@beckon/sdk';
import {
  ArrowClockwiseIcon,
  ArrowLeftIcon,
  Avatar,
  Button,
  CheckIcon,
  ClockIcon,
  Dot,
  DotsThreeIcon,
  IconButton,
  safeHref,
  UserMinusIcon,
  UserSwitchIcon,
  XIcon,
} from '@beckon/ui';
import { factLine } from '../facts';
import type { View } from '../inbox/rows';
import { StatusMark } from '../inbox/status_mark';
import { text } from '../locales/en';
import { visitorName } from '../names';
import { hrefOf } from '../route';
import { Menu, MenuItem } from '../shell/menu';
import { cardBeside, panesBeside } from '../viewport';
import { Viewers } from './collision';
import styles from './thread.module.css';

interface HeaderProps {
  row: Row;
  me: string;
  /** Paths that come first among the facts. */
  pins: readonly string[];
  /** Colleagues who have it on screen. */
  viewers: readonly Viewer[];
  view: View;
  /** A command is on its way. */
  busy: boolean;
  onCommand: (command: Exclude<AgentCommand, 'close'>) => void;
  onClose: () => void;
  onAssign: () => void;
  onContext: () => void;
  /** How much of the context changed since this agent's last answer. */
  changes: number;
}

/** Who this is, in which state, with whom; and what can be done about it. */
export function Header({
  row,
  me,
  pins,
  viewers,
  view,
  busy,
  onCommand,
  onClose,
  onAssign,
  onContext,
  changes,
}: HeaderProps) {
  const name = visitorName(row);
  const open = row.status !== 'CLOSED';
  const solved = row.status === 'SOLVED';
  const wide = panesBeside.value;
  const facts = factLine(row, pins);
  const finish = solved ? (
    <Button onClick={() => onCommand('reopen')} disabled={busy}>
      {text.reopen}
    </Button>
  ) : (
    <Button onClick={() => onCommand('solve')} disabled={busy}>
      {text.solve}
    </Button>
  );
  return (
    <header class={styles.header}>
      {!wide && <Back view={view} />}
      {wide && (
        <span class={styles.face}>
          <Avatar id={row.visitor.id} name={row.visitor.name ?? undefined} />
        </span>
      )}
      <div class={styles.who}>
        <div class={styles.nameLine}>
          <h1 class={styles.name}>
            <bdi>{name}</bdi>
          </h1>
          {wide && <StatusMark status={row.status} />}
        </div>
        <p class={styles.about}>
          {!wide && <StatusMark status={row.status} />}
          {!wide && <span aria-hidden="true">·</span>}
          {wide && !cardBeside.value && facts !== '' ? (
            <bdi class={styles.ending}>{facts}</bdi>
          ) : (
            <About row={row} me={me} brief={!wide} />
          )}
        </p>
      </div>
      {wide && <Viewers viewers={viewers} />}
      <div class={styles.actions}>
        {open && row.agent === null && (
          <Button variant="primary" onClick={() => onCommand('take')} disabled={busy}>
            {text.take}
          </Button>
        )}
        {open && wide && finish}
        {!cardBeside.value && (
          <Button onClick={onContext} aria-haspopup="dialog">
            {text.context}
            {changes > 0 && (
              <span class={styles.changes}>
                <Dot label={text.changesInContext(changes)} count={changes} />
              </span>
            )}
          </Button>
        )}
        {open && (
          <Menu
            label={text.more}
            trigger={({ ref, ...attributes }) => (
              <IconButton label={text.more} buttonRef={ref} {...attributes}>
                <DotsThreeIcon />
              </IconButton>
            )}
          >
            {!wide && (
              <MenuItem
                icon={solved ? <ArrowClockwiseIcon /> : <CheckIcon />}
                disabled={busy}
                onChoose={() => onCommand(solved ? 'reopen' : 'solve')}
              >
                {solved ? text.reopen : text.solve}
              </MenuItem>
            )}
            {row.status === 'OPEN' && (
              <MenuItem icon={<ClockIcon />} disabled={busy} onChoose={() => onCommand('wait')}>
                {text.setWaiting}
              </MenuItem>
            )}
            {row.status === 'WAITING' && (
              <MenuItem icon={<ArrowClockwiseIcon />} disabled={busy} onChoose={() => onCommand('reopen')}>
                {text.setOpen}
              </MenuItem>
            )}
            <MenuItem icon={<UserSwitchIcon />} disabled={busy} onChoose={onAssign}>
              {text.assignTo}
            </MenuItem>
            {row.agent !== null && (
              <MenuItem icon={<UserMinusIcon />} disabled={busy} onChoose={() => onCommand('release')}>
                {text.release}
              </MenuItem>
            )}
            <MenuItem icon={<XIcon />} danger disabled={busy} onChoose={onClose}>
              {text.closeConversation}
            </MenuItem>
          </Menu>
        )}
      </div>
      {!wide && (facts !== '' || viewers.length > 0) && (
        <div class={styles.facts}>
          <bdi class={styles.ending}>{facts}</bdi>
          <Viewers viewers={viewers} />
        </div>
      )}
    </header>
  );
}

/** The way back to the list, where only one of the two is on screen. */
export function Back({ view }: { view: View }) {
  return (
    <a
      class={styles.back}
      href={hrefOf({ page: 'inbox', view, conversation: null })}
      aria-label={text.back}
      title={text.back}
    >
      <ArrowLeftIcon />
    </a>
  );
}

/** Whose it is, and where it began; `brief` leaves the latter out. */
function About({ row, me, brief }: { row: Row; me: string; brief: boolean }) {
  const owner =
    row.agent === null ? text.nobody : row.agent.id === me ? text.assignedToYou : text.assignedTo(row.agent.name);
  if (brief) return <span class={styles.ending}>{owner}</span>;
  const href = row.page ? safeHref(row.page.url) : undefined;
  const page = row.page && <bdi>{row.page.title || row.page.url}</bdi>;
  return (
    <>
      <span>{owner}</span>
      {page && <span aria-hidden="true">·</span>}
      {page && <span class={styles.startedOn}>{text.startedOn}</span>}
      {href === undefined ? (
        <span class={styles.ending}>{page}</span>
      ) : (
        <a class={styles.ending} href={href} target="_blank" rel="noopener noreferrer" title={row.page?.url ?? ''}>
          {page}
        </a>
      )}
    </>
  );
}
