import { useState } from 'preact/hooks';
import { type Description, referenced, type Schema } from './description';
import { words } from './locales/en';
import { inline } from './markdown';

/** The schema without a reference around it, and the name that it had. */
function resolve(schema: Schema, description: Description): { name?: string; schema: Schema } {
  const name = referenced(schema);
  const target = name === undefined ? undefined : description.components.schemas[name];
  return name !== undefined && target ? { name, schema: target } : { schema };
}

/** A type in a few words: `text`, `list of Change`, `text (uuid) or null`. */
export function typeText(schema: Schema): string {
  const name = referenced(schema);
  if (name !== undefined) return name;
  if (schema.allOf?.length) return schema.allOf.map(typeText).find((text) => text !== 'object') ?? 'object';
  if (schema.oneOf?.length) {
    const texts = [...new Set(schema.oneOf.map(typeText))];
    return texts.length > 4 ? 'object' : texts.join(' or ');
  }
  const texts = [schema.type].flat().map((type) => {
    if (type === 'array') return schema.items ? `list of ${typeText(schema.items)}` : 'list';
    if (type === 'string') return schema.format ? `text (${schema.format})` : 'text';
    if (type === 'object' && typeof schema.additionalProperties === 'object') {
      return `object of ${typeText(schema.additionalProperties)}`;
    }
    return type ?? 'any JSON';
  });
  return texts.join(' or ');
}

/** The fields of an object, those of its parts included. */
export function fieldsOf(
  given: Schema,
  description: Description,
): { name: string; schema: Schema; required: boolean }[] {
  const { schema } = resolve(given, description);
  const own = Object.entries(schema.properties ?? {}).map(([name, of]) => ({
    name,
    schema: of,
    required: schema.required?.includes(name) ?? false,
  }));
  return [...(schema.allOf ?? []).flatMap((part) => fieldsOf(part, description)), ...own];
}

/** What is worth opening inside a field: the object itself, or that of a list, a map or a choice. */
function inner(schema: Schema, description: Description): Schema | undefined {
  if (schema.items) return inner(schema.items, description);
  if (typeof schema.additionalProperties === 'object') return inner(schema.additionalProperties, description);
  const choices = schema.oneOf?.filter((one) => one.type !== 'null') ?? [];
  if (choices.length === 1 && choices[0]) return inner(choices[0], description);
  const { schema: target } = resolve(schema, description);
  const opens =
    fieldsOf(schema, description).length > 0 || (target.oneOf?.length ?? 0) > 0 || target.enum !== undefined;
  return opens ? schema : undefined;
}

/** A part that is drawn when it is opened: schemas may contain themselves. */
function Fold({ title, schema, description }: { title: string; schema: Schema; description: Description }) {
  const [open, setOpen] = useState(false);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && <SchemaView schema={schema} description={description} />}
    </details>
  );
}

function Field({
  name,
  schema,
  required,
  description,
}: ReturnType<typeof fieldsOf>[number] & { description: Description }) {
  const opened = inner(schema, description);
  const values = schema.enum?.map(String);
  return (
    <div class="field">
      <dt>
        <code>{name}</code>
        <span class="type">{typeText(schema)}</span>
        {required && <span class="required">{words.required}</span>}
      </dt>
      <dd>
        {schema.description && <p>{inline(schema.description)}</p>}
        {values && <p class="type">{values.join(', ')}</p>}
        {opened && <Fold title={typeText(opened)} schema={opened} description={description} />}
      </dd>
    </div>
  );
}

/** A schema for people: its fields with types and words, choices one under the other. */
export function SchemaView({ schema: given, description }: { schema: Schema; description: Description }) {
  const { schema } = resolve(given, description);
  if (schema.enum) return <p class="type">{`${words.values}: ${schema.enum.map(String).join(', ')}`}</p>;
  if (schema.oneOf) {
    return (
      <div>
        <p class="type">{words.oneOf}</p>
        {schema.oneOf.map((one, place) => (
          <Fold key={place} title={one.description ?? typeText(one)} schema={one} description={description} />
        ))}
      </div>
    );
  }
  const fields = fieldsOf(schema, description);
  if (fields.length === 0) {
    return <p class="type">{schema.type === 'object' ? words.noFields : typeText(schema)}</p>;
  }
  return (
    <dl class="fields">
      {fields.map((field) => (
        <Field key={field.name} {...field} description={description} />
      ))}
    </dl>
  );
}
