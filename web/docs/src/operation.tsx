import { CodeBlock } from './code_block';
import { type Description, type Endpoint, jsonOf, originOf, type Parameter, type Response } from './description';
import { curl, errorExample, exampleOf } from './example';
import { Heading } from './heading';
import { words } from './locales/en';
import { inline } from './markdown';
import { SchemaView, typeText } from './schema_view';

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** Who may ask, in words. */
function access(endpoint: Endpoint): string {
  const schemes = (endpoint.security ?? []).flatMap((one) => Object.keys(one));
  const known = words.access as { [scheme: string]: string };
  return schemes.length === 0 ? words.access.none : schemes.map((scheme) => known[scheme] ?? scheme).join(' · ');
}

function Parameters({ parameters }: { parameters: Parameter[] }) {
  return (
    <>
      <h4>{words.parameters}</h4>
      <dl class="fields">
        {parameters.map((parameter) => (
          <div class="field" key={`${parameter.in} ${parameter.name}`}>
            <dt>
              <code>{parameter.name}</code>
              <span class="type">{`${parameter.schema ? typeText(parameter.schema) : 'text'}, ${parameter.in}`}</span>
              {parameter.required && <span class="required">{words.required}</span>}
            </dt>
            <dd>{parameter.description && <p>{inline(parameter.description)}</p>}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Answer({ status, response, description }: { status: string; response: Response; description: Description }) {
  const schema = jsonOf(response.content);
  const title = (
    <>
      <code class="status">{status}</code> {inline(response.description)}
    </>
  );
  if (!schema) return <p class="answer">{title}</p>;
  const failed = Number(status) >= 400;
  return (
    <details class="answer">
      <summary>{title}</summary>
      {!failed && <SchemaView schema={schema} description={description} />}
      <CodeBlock text={pretty(failed ? errorExample(status) : exampleOf(schema, description))} />
    </details>
  );
}

/** An operation whole: where, for whom, what goes in and what comes out. */
export function Operation({ endpoint, description }: { endpoint: Endpoint; description: Description }) {
  const body = jsonOf(endpoint.requestBody?.content);
  return (
    <section class="operation" aria-labelledby={endpoint.operationId}>
      <Heading id={endpoint.operationId} text={endpoint.summary} />
      <p class="place">
        <code class="method">{endpoint.method}</code> <code class="path">{endpoint.path}</code>
      </p>
      <p class="type">{access(endpoint)}</p>
      {endpoint.description && <p>{inline(endpoint.description)}</p>}
      <CodeBlock text={curl(endpoint, description, originOf(description))} />
      {endpoint.parameters && endpoint.parameters.length > 0 && <Parameters parameters={endpoint.parameters} />}
      {body && (
        <>
          <h4>{words.body}</h4>
          {endpoint.requestBody?.description && <p>{inline(endpoint.requestBody.description)}</p>}
          <SchemaView schema={body} description={description} />
        </>
      )}
      <h4>{words.responses}</h4>
      {Object.entries(endpoint.responses).map(([status, response]) => (
        <Answer key={status} status={status} response={response} description={description} />
      ))}
    </section>
  );
}
