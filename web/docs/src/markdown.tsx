import type { ComponentChildren, JSX } from 'preact';
import { CodeBlock } from './code_block';

/** What this page reads of a guide's Markdown. Everything else stays text. */
type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'table'; rows: string[][] }
  | { kind: 'list'; items: string[] }
  | { kind: 'paragraph'; text: string };

const cells = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

/** Reads headings, paragraphs, tables, lists and fenced code. */
export function blocks(markdown: string): Block[] {
  const found: Block[] = [];
  const lines = markdown.split('\n');
  let at = 0;
  const take = (wanted: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (at < lines.length && wanted(lines[at] ?? '')) taken.push(lines[at++] ?? '');
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#+) (.*)$/.exec(line);
    if (heading) {
      found.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' });
      at++;
    } else if (line.startsWith('```')) {
      at++;
      found.push({ kind: 'code', text: take((code) => !code.startsWith('```')).join('\n') });
      at++;
    } else if (line.startsWith('|')) {
      const rows = take((row) => row.startsWith('|')).map(cells);
      found.push({ kind: 'table', rows: rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell))) });
    } else if (/^[-*] /.test(line)) {
      const taken = take((item) => /^([-*] | {2,}\S)/.test(item));
      const items: string[] = [];
      for (const item of taken) {
        if (/^[-*] /.test(item)) items.push(item.slice(2));
        else items.push(`${items.pop() ?? ''} ${item.trim()}`);
      }
      found.push({ kind: 'list', items });
    } else if (line.trim() === '') {
      at++;
    } else {
      at++;
      const rest = take((text) => text.trim() !== '' && !/^(#|```|\||[-*] )/.test(text));
      found.push({ kind: 'paragraph', text: [line, ...rest].join(' ') });
    }
  }
  return found;
}

/** Code, strong and stressed words, and links; the rest as text. Only addresses of the web become links. */
export function inline(text: string): ComponentChildren[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)]+\))/).map((part) => {
    if (part.startsWith('`')) return <code>{part.slice(1, -1)}</code>;
    if (part.startsWith('**')) return <strong>{inline(part.slice(2, -2))}</strong>;
    if (/^\*[^*\s][^*]*\*$/.test(part)) return <em>{inline(part.slice(1, -1))}</em>;
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    if (!link) return part;
    return /^(https?:\/\/|#|\/)/.test(link[2] ?? '') ? <a href={link[2] ?? ''}>{link[1]}</a> : link[1];
  });
}

function Part({ block }: { block: Block }): JSX.Element {
  switch (block.kind) {
    case 'heading':
      return block.level <= 2 ? <h3>{inline(block.text)}</h3> : <h4>{inline(block.text)}</h4>;
    case 'code':
      return <CodeBlock text={block.text} />;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{inline(item)}</li>
          ))}
        </ul>
      );
    case 'table': {
      const [head = [], ...rows] = block.rows;
      return (
        <div class="scroller">
          <table>
            <thead>
              <tr>
                {head.map((cell) => (
                  <th key={cell} scope="col">
                    {inline(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.join('|')}>
                  {row.map((cell) => (
                    <td key={cell}>{inline(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
    default:
      return <p>{inline(block.text)}</p>;
  }
}

/** A guide below its own title, which the page gives. */
export function Markdown({ text }: { text: string }) {
  const [first, ...rest] = blocks(text);
  const shown = first?.kind === 'heading' && first.level === 1 ? rest : [first, ...rest];
  return <>{shown.map((block, place) => block && <Part key={place} block={block} />)}</>;
}
