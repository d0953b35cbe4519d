/** The parts of an OpenAPI 3.1 description that this page reads. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  example?: unknown;
  enum?: unknown[];
  required?: string[];
  properties?: { [name: string]: Schema };
  additionalProperties?: Schema | boolean;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  description?: string;
  required?: boolean;
  schema?: Schema;
}

interface Content {
  [type: string]: { schema?: Schema };
}

export interface Response {
  description: string;
  content?: Content;
}

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { description?: string; required?: boolean; content: Content };
  responses: { [status: string]: Response };
  security?: { [scheme: string]: string[] }[];
}

export interface Description {
  info: { title: string; version: string; description?: string };
  /** Where the server that describes itself is to be reached. */
  servers?: { url: string }[];
  tags?: { name: string; description?: string }[];
  paths: { [path: string]: { [method: string]: Operation } };
  components: { schemas: { [name: string]: Schema } };
}

/** The server's own address, which need not be the one this page was opened at: `http://10.0.0.5:8080` behind a proxy. */
export function originOf(description: Description): string {
  return description.servers?.[0]?.url ?? location.origin;
}

/** An operation with its place. */
export interface Endpoint extends Operation {
  method: string;
  path: string;
}

/** A tag and what is under it, in the description's order. */
export interface Chapter {
  name: string;
  description: string;
  endpoints: Endpoint[];
}

/** All operations by their first tag. */
export function chapters(description: Description): Chapter[] {
  const found = (description.tags ?? []).map(
    (tag): Chapter => ({ name: tag.name, description: tag.description ?? '', endpoints: [] }),
  );
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = operation.tags[0] ?? '';
      let chapter = found.find((known) => known.name === name);
      if (!chapter) {
        chapter = { name, description: '', endpoints: [] };
        found.push(chapter);
      }
      chapter.endpoints.push({ ...operation, method: method.toUpperCase(), path });
    }
  }
  return found.filter((chapter) => chapter.endpoints.length > 0);
}

/** The name that a reference ends in. */
export function referenced(schema: Schema): string | undefined {
  return schema.$ref?.split('/').pop();
}

/** The JSON schema of a body or response. */
export function jsonOf(content: Content | undefined): Schema | undefined {
  return content?.['application/json']?.schema;
}

/** Everything that a part of the description refers to, directly or through others. */
export function reached(part: unknown, description: Description, names = new Set<string>()): Set<string> {
  if (Array.isArray(part)) {
    for (const one of part) reached(one, description, names);
  } else if (part !== null && typeof part === 'object') {
    const name = referenced(part as Schema);
    if (name !== undefined && !names.has(name)) {
      names.add(name);
      reached(description.components.schemas[name], description, names);
    }
    for (const value of Object.values(part)) reached(value, description, names);
  }
  return names;
}

/** Schemas that no operation uses and no other schema contains: the frames of the socket. */
export function frames(description: Description): [string, Schema][] {
  const used = reached(description.paths, description);
  const rest = Object.entries(description.components.schemas).filter(([name]) => !used.has(name));
  const contained = new Set<string>();
  for (const [, schema] of rest) for (const name of reached(schema, description)) contained.add(name);
  return rest.filter(([name]) => !contained.has(name));
}
