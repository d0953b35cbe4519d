import { DotsThreeIcon, IconButton, KeyboardIcon, LightningIcon, NoteIcon, PencilSimpleIcon } from '@beckon/ui';
import { text } from '../locales/en';
import { showKeyMap } from '../shell/key_map';
import { Menu, MenuItem } from '../shell/menu';
import styles from './composer.module.css';
import type { Kind } from './timeline';

const KINDS: readonly Kind[] = ['reply', 'note'];

interface ComposerToolsProps {
  kind: Kind;
  onKind: (kind: Kind) => void;
  onQuickReply: () => void;
  onManage: () => void;
}

/** Above the field: what is being written, and what helps to write it. */
export function ComposerTools({ kind, onKind, onQuickReply, onManage }: ComposerToolsProps) {
  return (
    <div class={styles.tools}>
      {/* biome-ignore lint/a11y/useSemanticElements: two buttons that switch, not fields to fill in. */}
      <div class={styles.switch} role="group" aria-label={text.writeWhat}>
        {KINDS.map((one) => (
          <button key={one} type="button" class={styles.kind} aria-pressed={one === kind} onClick={() => onKind(one)}>
            {one === 'note' && <NoteIcon size={16} />}
            {one === 'note' ? text.note : text.reply}
          </button>
        ))}
      </div>
      <div class={styles.helpers}>
        <IconButton label={text.insertQuickReply} onClick={onQuickReply}>
          <LightningIcon />
        </IconButton>
        <Menu
          label={text.composerMenu}
          trigger={({ ref, ...attributes }) => (
            <IconButton label={text.composerMenu} buttonRef={ref} {...attributes}>
              <DotsThreeIcon />
            </IconButton>
          )}
        >
          <MenuItem icon={<PencilSimpleIcon />} onChoose={onManage}>
            {text.manageQuickReplies}
          </MenuItem>
          <MenuItem icon={<KeyboardIcon />} onChoose={showKeyMap}>
            {text.keyMap}
          </MenuItem>
        </Menu>
      </div>
    </div>
  );
}
