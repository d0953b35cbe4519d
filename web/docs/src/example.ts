import { type Description, type Endpoint, jsonOf, referenced, type Schema } from './description';

/** Objects in objects are shown so deep; deeper ones are empty. */
const DEEPEST = 4;

/** A value of this form, for people to see what it looks like. */
export function exampleOf(schema: Schema, description: Description, depth = 0): unknown {
  if (schema.example !== undefined) return schema.example;
  const name = referenced(schema);
  if (name !== undefined) {
    const target = description.components.schemas[name];
    return target && depth < DEEPEST ? exampleOf(target, description, depth + 1) : {};
  }
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => exampleOf(part, description, depth));
    return Object.assign({}, ...parts.filter((part) => part !== null && typeof part === 'object'));
  }
  const choice = schema.oneOf?.find((one) => one.type !== 'null');
  if (choice) return exampleOf(choice, description, depth);
  if (schema.enum) return schema.enum[0];
  const types = [schema.type].flat();
  switch (types.find((type) => type !== 'null')) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([field, of]) => [
        field,
        exampleOf(of, description, depth),
      ]);
      if (fields.length === 0 && typeof schema.additionalProperties === 'object') {
        return { name: exampleOf(schema.additionalProperties, description, depth + 1) };
      }
      return Object.fromEntries(fields);
    }
    case 'array':
      return schema.items ? [exampleOf(schema.items, description, depth + 1)] : [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'string':
      if (schema.format === 'uuid') return '0190f7a2-6d3e-7c1a-9b52-3f1d5c8e4a90';
      if (schema.format === 'date-time') return '2026-11-23T09:12:45.090+00:00';
      return 'text';
    default:
      return {};
  }
}

/** What an error of this status says. */
export function errorExample(status: string): unknown {
  const said: { [status: string]: [string, string, { [field: string]: string[] }?] } = {
    400: ['BAD_REQUEST', 'Bad request', { name: ['must not be blank'] }],
    401: ['UNAUTHORIZED', 'Unauthorized'],
    403: ['FORBIDDEN', 'Forbidden'],
    404: ['NOT_FOUND', "Invalid id 'x' given! No such entity exists."],
    413: ['BAD_REQUEST', 'The request body is larger than 196608 bytes.'],
    429: ['TOO_MANY_REQUESTS', 'Too many requests'],
    503: ['GENERAL_ERROR', 'The storage takes no writes at the moment. Nothing was stored; try again.'],
  };
  const [messageId, text, validationErrors] = said[status] ?? ['GENERAL_ERROR', 'Something went wrong.'];
  return { requestError: { serviceException: { messageId, text, ...(validationErrors && { validationErrors }) } } };
}

/** In a shell everything between these is taken as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A longer line is broken, as a shell reads it. */
const LONGEST_LINE = 100;

/** The operation as a line for a terminal, on the server at this origin. */
export function curl(endpoint: Endpoint, description: Description, origin: string): string {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const parts = ['curl'];
  if (endpoint.method !== 'GET') parts.push(`-X ${endpoint.method}`);
  const schemes = (endpoint.security ?? []).flatMap((one) => Object.keys(one));
  if (schemes.includes('key')) parts.push('-H "Authorization: App $BECKON_KEY"');
  else if (schemes.includes('session')) parts.push('-H "Authorization: Bearer $SESSION"');
  else if (schemes.includes('cookie')) {
    parts.push('-b "beckon_agent=$COOKIE"');
    if (endpoint.method !== 'GET') parts.push(`-H ${quoted(`Origin: ${origin}`)}`);
  }
  const body = jsonOf(endpoint.requestBody?.content);
  if (body) {
    const given = exampleOf(body, description);
    const text = JSON.stringify(given);
    parts.push(
      `-H ${quoted('Content-Type: application/json')}`,
      `-d ${quoted(text === '{}' ? '{"color":"red"}' : text)}`,
    );
  }
  parts.push(path.includes('$') ? `"${origin}${path}"` : `${origin}${path}`);
  const line = parts.join(' ');
  return line.length > LONGEST_LINE ? parts.join(' \\\n  ') : line;
}
