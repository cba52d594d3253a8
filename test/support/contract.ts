import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  format?: string;
  nullable?: boolean;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
}

type Content = Record<string, { schema?: Schema }>;

interface Described {
  parameters?: { name: string; in: string; schema?: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
}

interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation {
  /** As in the permission table's snapshot: `POST /referrals/:id/hold`. */
  name: string;
  method: string;
  /** With its prefix, and `:id` for what changes. */
  path: string;
  query: { name: string; schema: Schema }[];
  /** Of its JSON body, where it takes one. */
  body: Schema | undefined;
}

export interface Answer {
  statusCode: number;
  body: string;
  headers: Record<string, string | string[] | number | undefined>;
}

/** What the API says of itself, held against what it answers. */
export interface Contract {
  operations: Operation[];
  /** A schema without references, allOf of one and the like. */
  resolved: (schema: Schema) => Schema;
  /** What the description of an operation does not say of this answer. Null where there is no such operation. */
  faults: (name: string, answer: Answer) => string[] | null;
}

/** OpenAPI 3.0 as JSON Schema: null where it may be null, any of several views, and nothing that is not named. */
function asJsonSchema(schema: Schema, closed = true): object {
  const { nullable, $ref, allOf, oneOf, properties, items, additionalProperties, ...rest } = schema;
  const open = additionalProperties ?? !(closed && properties !== undefined);
  const made: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => KEYWORDS.includes(key))),
    ...($ref === undefined ? {} : { $ref: $ref.replace('#/components/schemas/', 'betony#/definitions/') }),
    ...(allOf ? { allOf: allOf.map((one) => asJsonSchema(one, allOf.length === 1 && closed)) } : {}),
    ...(oneOf ? { anyOf: oneOf.map((one) => asJsonSchema(one)) } : {}),
    ...(items ? { items: asJsonSchema(items) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, asJsonSchema(v)])) }
      : {}),
    ...(open === true ? {} : { additionalProperties: typeof open === 'object' ? asJsonSchema(open) : false }),
  };
  return nullable === true ? { anyOf: [{ type: 'null' }, made] } : made;
}
const KEYWORDS = ['type', 'format', 'enum', 'pattern', 'required'];
const LIMITS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];
KEYWORDS.push(...LIMITS);

const nameOf = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replace(/^\/api\/v1(?=\/)/, '').replace(/\{(\w+)\}/g, ':$1')}`;

export function contractOf(document: Document): Contract {
  const { schemas } = document.components;
  // Written into each answer that has it, a shape would be compiled hundreds of times.
  const ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false });
  formats.default(ajv);

  const resolved = (schema: Schema): Schema => {
    const { $ref, allOf, ...rest } = schema;
    if ($ref !== undefined) return { ...resolved(schemas[$ref.split('/').at(-1) ?? ''] ?? {}), ...rest };
    if (!allOf) return schema;
    const parts = allOf.map(resolved);
    return {
      ...Object.assign({}, ...parts),
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required }) => required ?? []),
      ...rest,
    } as Schema;
  };
  // Where several are put together, each would refuse what the others name: they are merged before.
  const merged = (schema: Schema): Schema =>
    (schema.allOf?.length ?? 0) > 1 ? { ...resolved(schema), allOf: undefined } : schema;
  ajv.addSchema({
    $id: 'betony',
    definitions: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, asJsonSchema(merged(schema))]),
    ),
  });

  const described = new Map<string, Described>();
  const operations: Operation[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, one] of Object.entries(methods)) {
      const name = nameOf(method, path);
      described.set(name, one);
      operations.push({
        name,
        method: method.toUpperCase(),
        path: path.replace(/\{(\w+)\}/g, ':$1'),
        query: (one.parameters ?? []).flatMap((parameter) =>
          parameter.in === 'query' ? [{ name: parameter.name, schema: parameter.schema ?? {} }] : [],
        ),
        body: one.requestBody?.content['application/json']?.schema,
      });
    }
  }

  const validators = new Map<string, ValidateFunction>();
  const validator = (key: string, schema: Schema): ValidateFunction => {
    const made = validators.get(key) ?? ajv.compile(asJsonSchema(merged(schema)));
    validators.set(key, made);
    return made;
  };

  return {
    operations,
    resolved,
    faults: (name, { statusCode, body, headers }) => {
      const operation = described.get(name);
      if (!operation) return null;
      // Described or not: nobody should ever be answered so.
      if (statusCode >= 500) return [`answers ${String(statusCode)}: ${body.slice(0, 200)}`];
      const response = operation.responses[String(statusCode)];
      if (!response) return [`does not say that it answers ${String(statusCode)}: ${body.slice(0, 200)}`];
      const content = response.content ?? {};
      const type =
        String(headers['content-type'] ?? '')
          .split(';')[0]
          ?.trim() ?? '';
      const declared = Object.keys(content);
      if (declared.length === 0) {
        return body === '' ? [] : [`${String(statusCode)} has a body that is not described`];
      }
      if (!declared.includes(type))
        return [`${String(statusCode)} comes as ${type || 'nothing'}, not ${declared.join(' or ')}`];
      const schema = content[type]?.schema;
      if (!schema || !/\/(.*\+)?json$/.test(type)) return [];
      const check = validator(`${name} ${String(statusCode)} ${type}`, schema);
      if (check(JSON.parse(body))) return [];
      const said = (check.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath.replace(/\/\d+(?=\/|$)/g, '/*')} ${message ?? ''} ${JSON.stringify(params)}`,
      );
      return [...new Set(said)].map((line) => `${String(statusCode)} ${line}`);
    },
  };
}
