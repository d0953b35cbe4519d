import { Button, Mark } from '@beckon/ui';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import guide from '../../../docs/context-api.md?raw';
import { CodeBlock } from './code_block';
import { Contents } from './contents';
import { type Chapter, chapters, type Description, frames, originOf } from './description';
import { errorExample } from './example';
import { Heading } from './heading';
import { words } from './locales/en';
import { inline, Markdown } from './markdown';
import { Operation } from './operation';
import { SchemaView } from './schema_view';
import { searcher } from './search';

/** From here on the contents stand beside the text, in CSS pixels; the style sheet says the same. */
const WIDE = '(min-width: 900px)';

/** Shows what the address names, as soon as it is there, and lets the keyboard go on from it. */
function showNamed(): void {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  named?.scrollIntoView();
  named?.focus({ preventScroll: true });
}

/** `/` goes to the search, unless somebody is writing. */
function useSearchKey(): { current: HTMLInputElement | null } {
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const writing = event.target instanceof HTMLInputElement;
      if (event.key !== '/' || writing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      search.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  return search;
}

function Introduction({ description }: { description: Description }) {
  const list = `curl -H "Authorization: App $BECKON_KEY" ${originOf(description)}/ccaas/1/conversations`;
  return (
    <>
      <section aria-labelledby="start">
        <Heading id="start" text={words.start.heading} large />
        {description.info.description && <p>{inline(description.info.description)}</p>}
        <p>{words.start.key}</p>
        <CodeBlock text={words.start.keyLine} />
        <p>{words.start.use}</p>
        <CodeBlock text={list} />
        <p>{words.start.scopes}</p>
      </section>
      <section aria-labelledby="context" class="guide">
        <Heading id="context" text={words.guide} large />
        <Markdown text={guide} />
      </section>
      <section aria-labelledby="errors">
        <Heading id="errors" text={words.errors.heading} large />
        <p>{words.errors.lead}</p>
        <CodeBlock text={JSON.stringify(errorExample('400'), null, 2)} />
      </section>
    </>
  );
}

function ChapterView({ chapter, description, whole }: { chapter: Chapter; description: Description; whole: boolean }) {
  return (
    <section aria-labelledby={`tag-${chapter.name}`}>
      <Heading id={`tag-${chapter.name}`} text={words.tags[chapter.name] ?? chapter.name} large />
      {chapter.description && <p>{inline(chapter.description)}</p>}
      {chapter.endpoints.map((endpoint) => (
        <Operation key={endpoint.operationId} endpoint={endpoint} description={description} />
      ))}
      {whole && chapter.name === 'socket' && (
        <section class="operation" aria-labelledby="frames">
          <Heading id="frames" text={words.frames} />
          <p>{words.framesLead}</p>
          {frames(description).map(([name, schema]) => (
            <details key={name} class="answer">
              <summary>
                <code class="status">{name}</code> {inline(schema.description ?? '')}
              </summary>
              <SchemaView schema={schema} description={description} />
            </details>
          ))}
        </section>
      )}
    </section>
  );
}

function Reference({ description }: { description: Description }) {
  const [query, setQuery] = useState('');
  const [unfolded, setUnfolded] = useState(() => matchMedia(WIDE).matches);
  const search = useSearchKey();
  const all = useMemo(() => chapters(description), [description]);
  const find = useMemo(() => searcher(all, description), [all, description]);
  const shown = find(query);
  const whole = query.trim() === '';
  const count = shown.reduce((sum, chapter) => sum + chapter.endpoints.length, 0);
  useEffect(showNamed, []);
  useEffect(() => {
    const media = matchMedia(WIDE);
    const follow = () => setUnfolded(media.matches);
    const goTo = () => {
      if (!media.matches) setUnfolded(false);
      showNamed();
    };
    media.addEventListener('change', follow);
    addEventListener('hashchange', goTo);
    return () => {
      media.removeEventListener('change', follow);
      removeEventListener('hashchange', goTo);
    };
  }, []);
  return (
    <div class="page">
      <div class="side">
        {/* biome-ignore lint/a11y/useSemanticElements: <search> is not known to every browser we serve */}
        <form role="search" onSubmit={(event) => event.preventDefault()}>
          <label class="bk-spoken" for="search">
            {words.search}
          </label>
          <input
            id="search"
            type="search"
            ref={search}
            value={query}
            placeholder={words.searchHint}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </form>
        <details class="contents" open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
          <summary>{words.contents}</summary>
          <Contents chapters={shown} whole={whole} />
        </details>
      </div>
      <main id="content" tabIndex={-1}>
        <p role="status" class={whole ? 'bk-spoken' : 'found'}>
          {whole ? '' : words.found(count, query.trim())}
        </p>
        {count === 0 && (
          <>
            <p>{words.nothingToDo}</p>
            <Button onClick={() => setQuery('')}>{words.clear}</Button>
          </>
        )}
        {whole && <Introduction description={description} />}
        {shown.map((chapter) => (
          <ChapterView key={chapter.name} chapter={chapter} description={description} whole={whole} />
        ))}
      </main>
    </div>
  );
}

/** The page: its bar, and the reference once the description is there. */
export function App({ load }: { load: () => Promise<Description> }) {
  const [description, setDescription] = useState<Description>();
  const [failed, setFailed] = useState(false);
  const fetchIt = () => {
    setFailed(false);
    load().then(setDescription, () => setFailed(true));
  };
  useEffect(fetchIt, []);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar">
        <Mark size={24} />
        <h1>{words.title}</h1>
        {description && <span class="type">{words.version(description.info.version)}</span>}
        <a class="raw" href="/openapi.json">
          {words.raw}
        </a>
      </header>
      {description ? (
        <Reference description={description} />
      ) : (
        <main id="content" class="waiting" tabIndex={-1}>
          <p role="status">{failed ? words.failed : words.loading}</p>
          {failed && (
            <Button variant="primary" onClick={fetchIt}>
              {words.tryAgain}
            </Button>
          )}
        </main>
      )}
    </>
  );
}
