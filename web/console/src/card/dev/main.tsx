import '@beckon/ui/tokens.css';
import '@beckon/ui/base.css';
import { render } from 'preact';
import { ContextCard, type ContextCardProps } from '../context_card';
import { samples } from './samples';
import { before, history, moment, origins } from './second_half';

// A page for looking at the card alone: ?sample=car&width=360&state=ready&theme=dark&marks&origins&pins=model,dealer.phone.
// Not part of any build.
const query = new URLSearchParams(window.location.search);
const sample = query.get('sample') ?? 'car';
const theme = query.get('theme');
if (theme) document.documentElement.dataset.theme = theme;
if (query.get('dir')) document.documentElement.dir = query.get('dir') ?? '';

const text = samples[sample] ?? null;
const context = text === null ? null : { text, version: 9, updatedAt: new Date(Date.now() - 12_000).toISOString() };
const states: Record<string, ContextCardProps['state']> = { loading: 'loading', offline: 'offline', error: 'error' };

const pane = document.createElement('div');
pane.style.inlineSize = `${query.get('width') ?? '360'}px`;
pane.style.blockSize = `${query.get('height') ?? '900'}px`;
document.body.append(pane);
const pins = { paths: query.get('pins')?.split(',') ?? [], set: async () => true };
const draw = (changed = false) =>
  render(
    <ContextCard
      context={changed && context ? { ...context, text: context.text.replace('{', '{"changed":1,') } : context}
      baseline={query.has('marks') && text !== null ? before(text) : null}
      onSeen={() => undefined}
      origins={query.has('origins') ? origins : new Map()}
      history={history}
      moment={query.has('then') && text !== null ? moment(text) : null}
      onMoment={() => undefined}
      onNow={() => undefined}
      pins={pins}
      state={states[query.get('state') ?? ''] ?? 'ready'}
      conversationId="019ab5d4-7c1e-7a40-9d2e-5b1f03c24f2a"
      allowedImageOrigins={[]}
      baseUrl={window.location.origin}
      howToHref="#"
      locale={query.get('locale') ?? 'en-GB'}
      onRetry={() => undefined}
      onClose={query.has('drawer') ? () => undefined : undefined}
    />,
    pane,
  );
draw();
// For measuring from outside.
Object.assign(window, { cardProbe: { draw, clear: () => render(null, pane) } });
