import {
  ArrowClockwiseIcon,
  CheckIcon,
  ClockIcon,
  MinusIcon,
  pastInstant,
  timeOfDay,
  UserIcon,
  XIcon,
} from '@beckon/ui';
import type { ComponentChildren } from 'preact';
import { text } from '../locales/en';
import { authorName } from '../names';
import styles from './thread.module.css';
import type { TimelineItem } from './timeline';

type LineEvent = Extract<TimelineItem, { type: 'line' }>['event'];

/** Something that happened and is no message: one quiet line. */
export function TimelineLine(props: { event: LineEvent; visitor: string; me: string; children?: ComponentChildren }) {
  const { event, visitor, me } = props;
  const at = pastInstant(event.at);
  return (
    <p class={styles.line} data-then>
      {iconOf(event)}
      <span>
        <time dateTime={event.at}>{timeOfDay(at, text.locale)}</time> · {wordsOf(event, visitor, me)}
      </span>
      {props.children}
    </p>
  );
}

function iconOf(event: LineEvent) {
  if (event.kind === 'left') return <MinusIcon size={16} />;
  if (event.kind !== 'status') return <UserIcon size={16} />;
  switch (event.to) {
    case 'OPEN':
      return <ArrowClockwiseIcon size={16} />;
    case 'WAITING':
      return <ClockIcon size={16} />;
    case 'SOLVED':
      return <CheckIcon size={16} />;
    case 'CLOSED':
      return <XIcon size={16} />;
  }
}

function wordsOf(event: LineEvent, visitor: string, me: string): string {
  const called = (agent: { id: string; name: string }): string => (agent.id === me ? text.you : agent.name);
  switch (event.kind) {
    case 'joined':
      return text.joined(called(event.agent));
    case 'left':
      return text.left(called(event.agent));
    case 'assigned':
      return event.agent === null
        ? text.unassigned
        : text.assigned(event.agent.id === me ? text.yourself : event.agent.name);
    case 'status': {
      const mine = event.author.type === 'agent' && event.author.id === me;
      return text.statusLine[event.to](mine ? text.you : authorName(event.author, visitor));
    }
  }
}
