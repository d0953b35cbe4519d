import type { Chapter } from './description';
import { words } from './locales/en';

/** The tags and their operations, as links. */
export function Contents({ chapters, whole }: { chapters: Chapter[]; whole: boolean }) {
  return (
    <nav aria-label={words.contents}>
      {whole && (
        <ul class="tops">
          <li>
            <a href="#start">{words.start.heading}</a>
          </li>
          <li>
            <a href="#context">{words.guide}</a>
          </li>
          <li>
            <a href="#errors">{words.errors.heading}</a>
          </li>
        </ul>
      )}
      {chapters.map((chapter) => (
        <div key={chapter.name}>
          <h2>
            <a href={`#tag-${chapter.name}`}>{words.tags[chapter.name] ?? chapter.name}</a>
          </h2>
          <ul>
            {chapter.endpoints.map((endpoint) => (
              <li key={endpoint.operationId}>
                <a href={`#${endpoint.operationId}`} title={`${endpoint.method} ${endpoint.path}`}>
                  {endpoint.summary}
                </a>
              </li>
            ))}
            {whole && chapter.name === 'socket' && (
              <li>
                <a href="#frames">{words.frames}</a>
              </li>
            )}
          </ul>
        </div>
      ))}
    </nav>
  );
}
