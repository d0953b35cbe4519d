import { type Chapter, type Description, type Endpoint, reached } from './description';

/** Every word about an operation: its place, its texts, and the names of all fields it takes and gives. */
function textOf(endpoint: Endpoint, description: Description): string {
  const words: string[] = [endpoint.method, endpoint.path, endpoint.operationId];
  const collect = (part: unknown): void => {
    if (typeof part === 'string') words.push(part);
    else if (Array.isArray(part)) part.forEach(collect);
    else if (part !== null && typeof part === 'object') {
      for (const [key, value] of Object.entries(part)) {
        words.push(key);
        collect(value);
      }
    }
  };
  collect(endpoint);
  // The envelope of errors is in all of them, and would find all of them.
  const { 200: ok, 201: made } = endpoint.responses;
  for (const name of reached([endpoint.parameters, endpoint.requestBody, ok, made], description)) {
    const schema = description.components.schemas[name];
    words.push(name, ...Object.keys(schema?.properties ?? {}));
  }
  return words.join(' ').toLowerCase();
}

/** A search over a description: all words must be found in an operation, as parts of words. */
export function searcher(all: Chapter[], description: Description): (query: string) => Chapter[] {
  const texts = new Map<Endpoint, string>();
  for (const chapter of all) {
    for (const endpoint of chapter.endpoints) texts.set(endpoint, textOf(endpoint, description));
  }
  return (query) => {
    const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (wanted.length === 0) return all;
    return all
      .map((chapter) => ({
        ...chapter,
        endpoints: chapter.endpoints.filter((endpoint) =>
          wanted.every((word) => texts.get(endpoint)?.includes(word) ?? false),
        ),
      }))
      .filter((chapter) => chapter.endpoints.length > 0);
  };
}
