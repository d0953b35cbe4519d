import { describe, expect, it } from 'vitest';
import openapi from '../../../openapi.json?raw';
import { chapters, type Description, frames } from '../src/description';
import { curl, errorExample, exampleOf } from '../src/example';
import { fieldsOf, typeText } from '../src/schema_view';
import { searcher } from '../src/search';

const description = JSON.parse(openapi) as Description;
const all = chapters(description);
const endpoints = all.flatMap((chapter) => chapter.endpoints);
const named = (id: string) => {
  const found = endpoints.find((endpoint) => endpoint.operationId === id);
  if (!found) throw new Error(id);
  return found;
};

describe('the committed description', () => {
  it('is shown whole: each operation once, under a tag with words', () => {
    const described = Object.values(description.paths).flatMap((methods) => Object.keys(methods));
    expect(endpoints).toHaveLength(described.length);
    expect(new Set(endpoints.map((endpoint) => endpoint.operationId)).size).toBe(described.length);
    expect(all.every((chapter) => chapter.description !== '')).toBe(true);
  });

  it('has an example and a line for a terminal for each operation', () => {
    for (const endpoint of endpoints) {
      const line = curl(endpoint, description, 'https://chat.example');
      expect(line).toContain('https://chat.example/');
      expect(line, endpoint.operationId).not.toMatch(/[{][a-z]+[}]/);
    }
    for (const [name, schema] of Object.entries(description.components.schemas)) {
      expect(exampleOf(schema, description), name).toBeDefined();
    }
  });

  it('names frames that no endpoint uses', () => {
    const names = frames(description).map(([name]) => name);
    expect(names).toContain('Hello');
    expect(names).toContain('ServerFrame');
    expect(names).not.toContain('ErrorBody');
    expect(names, 'part of ServerFrame').not.toContain('Welcome');
  });
});

describe('a line for a terminal', () => {
  it('proves who asks and carries a body', () => {
    expect(curl(named('get_metadata'), description, 'https://chat.example')).toBe(
      'curl -H "Authorization: App $BECKON_KEY" "https://chat.example/ccaas/1/conversations/$ID/metadata"',
    );
    const patch = curl(named('patch_metadata'), description, 'https://chat.example');
    expect(patch.split(' \\\n  ').slice(0, 2), 'broken as a shell reads it').toEqual(['curl', '-X PATCH']);
    expect(patch).toContain(`-d '{"color":"red"}'`);
    expect(curl(named('create_key'), description, 'https://chat.example')).toContain('conversations:read');
  });
});

describe('a schema', () => {
  it('is said in a few words', () => {
    expect(typeText({ type: 'string', format: 'uuid' })).toBe('text (uuid)');
    expect(typeText({ type: ['string', 'null'] })).toBe('text or null');
    expect(typeText({ type: 'array', items: { $ref: '#/components/schemas/Change' } })).toBe('list of Change');
    expect(typeText({ oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Page' }] })).toBe('null or Page');
    expect(typeText({})).toBe('any JSON');
  });

  it('has the fields of its parts', () => {
    const fields = fieldsOf({ $ref: '#/components/schemas/CreatedKey' }, description).map((field) => field.name);
    expect(fields).toEqual(expect.arrayContaining(['id', 'name', 'secret', 'curl']));
  });

  it('that contains itself has an example, too', () => {
    const schemas = { A: { type: 'object', properties: { a: { $ref: '#/components/schemas/A' } } } };
    expect(exampleOf({ $ref: '#/components/schemas/A' }, { ...description, components: { schemas } })).toBeDefined();
  });
});

describe('the search', () => {
  const find = searcher(all, description);
  const ids = (query: string) => find(query).flatMap((chapter) => chapter.endpoints.map((one) => one.operationId));

  it('finds paths, words and fields, all of them', () => {
    expect(ids('metadata')).toEqual(expect.arrayContaining(['get_metadata', 'put_metadata']));
    expect(ids('PATCH metadata')).not.toContain('get_metadata');
    expect(ids('protected_keys')).toContain('change_widget');
    expect(ids('')).toHaveLength(endpoints.length);
    expect(ids('nothing-has-this')).toEqual([]);
  });

  it('does not find everything because of the form of errors', () => {
    expect(ids('serviceException')).toEqual([]);
  });
});

it('shows errors in the one form', () => {
  expect(errorExample('403')).toEqual({
    requestError: { serviceException: { messageId: 'FORBIDDEN', text: 'Forbidden' } },
  });
});
