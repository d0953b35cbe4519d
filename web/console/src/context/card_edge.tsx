import { useState } from 'preact/hooks';
import { text } from '../locales/en';
import { roomy } from '../viewport';
import styles from './card_edge.module.css';
import { CARD_LEAST, CARD_MOST, cardWidth, chooseCardWidth, firstWidth } from './card_width';

/** How far an arrow key moves the edge, CSS pixels. */
const KEY_STEP = 16;

/** The line between thread and card, to be dragged or moved by arrow keys. Stands at the end of the thread. */
export function CardEdge() {
  const [dragging, setDragging] = useState(false);
  const width = cardWidth.value ?? firstWidth(roomy.value);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that can be moved is no <hr>.
    <div
      class={styles.edge}
      data-dragging={dragging}
      role="separator"
      aria-orientation="vertical"
      aria-label={text.contextWidth}
      aria-valuenow={width}
      aria-valuemin={CARD_LEAST}
      aria-valuemax={CARD_MOST}
      tabIndex={0}
      onKeyDown={(event) => {
        const step = { ArrowLeft: KEY_STEP, ArrowRight: -KEY_STEP }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        chooseCardWidth(width + (rightToLeft() ? -step : step));
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
      }}
      onPointerMove={(event) => {
        if (dragging)
          chooseCardWidth(rightToLeft() ? event.clientX : document.documentElement.clientWidth - event.clientX);
      }}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
    />
  );
}

function rightToLeft(): boolean {
  return getComputedStyle(document.documentElement).direction === 'rtl';
}
