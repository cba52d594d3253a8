import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { hasMarks } from '../pure/marks.js';
import { nhsNumberProblem, normaliseNhsNumber } from '../pure/nhs-number.js';
import { normalisePostcode } from '../pure/postcode.js';
import { normaliseUkPhone } from '../pure/phone.js';
import { LANGUAGE_CODE } from '../words/access.js';

/**
 * The kinds of answer an input may hold. Each decorator validates, tidies and documents at once, so that the OpenAPI
 * page cannot disagree with what is accepted.
 */
interface FieldOptions {
  /** May be left out. */
  optional?: boolean;
  /** May be null, meaning "take it away". Only with optional. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

/** Where Swagger keeps what `ApiProperty` says. It hands it on to the types made from a type, as nothing of ours would. */
const DOCUMENTED = 'swagger/apiModelProperties';

/** What an input says of one of its fields, for whoever must turn text into it. Undefined for other names. */
export const fieldOf = (type: new () => object, name: string): ApiPropertyOptions | undefined =>
  Reflect.getMetadata(DOCUMENTED, type.prototype as object, name) as ApiPropertyOptions | undefined;

function field(
  options: FieldOptions,
  api: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  const presence: PropertyDecorator[] = options.nullable
    ? [IsOptional()]
    : options.optional
      ? [ValidateIf((_object, value) => value !== undefined)]
      : [];
  return applyDecorators(
    ApiProperty({
      ...api,
      required: !options.optional,
      nullable: options.nullable ?? false,
      description: options.description,
      ...(options.example === undefined ? {} : { example: options.example }),
    } as ApiPropertyOptions),
    ...presence,
    ...rules,
  );
}

const rule = (name: string, message: string, test: (value: unknown) => boolean): PropertyDecorator =>
  ValidateBy({ name, validator: { validate: test, defaultMessage: () => message } });

const trimmed = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.normalize('NFC').trim() : value,
);

/** Line breaks and tabs are writing; the other control characters are not. */
const CONTROL = /[^\P{Cc}\n\r\t]/u;
const UNPAIRED_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const canBeShown = (text: string): boolean =>
  !CONTROL.test(text) && !UNPAIRED_SURROGATE.test(text) && !hasMarks(text);

/** Counted as people and PostgreSQL count, and as JSON Schema says: a flower is one character. */
const isLonger = (value: string, max: number): boolean =>
  value.length > max && Array.from(value).length > max;
const isShorter = (value: string, min: number): boolean =>
  value.length < 2 * min && Array.from(value).length < min;

export function Text(options: FieldOptions & { max: number; min?: number }): PropertyDecorator {
  const min = options.min ?? 1;
  return field(
    options,
    { type: String, minLength: min, maxLength: options.max },
    trimmed,
    rule('isText', 'Enter text', (value) => typeof value === 'string'),
    rule('minLength', min === 1 ? 'Enter an answer' : `Enter at least ${String(min)} characters`, (value) =>
      typeof value === 'string' ? !isShorter(value, min) : true,
    ),
    rule('maxLength', `Use ${String(options.max)} characters or fewer`, (value) =>
      typeof value === 'string' ? !isLonger(value, options.max) : true,
    ),
    rule('plainText', 'Remove characters that cannot be shown', (value) =>
      typeof value === 'string' ? canBeShown(value) : true,
    ),
  );
}

export function Choice(list: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, enum: [...list] },
    IsIn(list, { message: `Choose one of: ${list.join(', ')}` }),
  );
}

export function Choices(
  list: readonly string[],
  options: FieldOptions & { min?: number; max?: number } = {},
): PropertyDecorator {
  const min = options.min ?? 0;
  const max = options.max ?? list.length;
  return field(
    options,
    { type: String, enum: [...list], isArray: true, minItems: min, maxItems: max },
    IsArray({ message: 'Give a list' }),
    ArrayMinSize(min, { message: `Choose at least ${String(min)}` }),
    ArrayMaxSize(max, { message: `Choose at most ${String(max)}` }),
    ArrayUnique({ message: 'Choose each one only once' }),
    IsIn(list, { each: true, message: `Choose from: ${list.join(', ')}` }),
  );
}

/** A list of short texts, such as languages or religious content in plain examples. */
export function Texts(
  options: FieldOptions & { max: number; items: number; min?: number },
): PropertyDecorator {
  return field(
    options,
    { type: String, isArray: true, maxItems: options.items },
    IsArray({ message: 'Give a list' }),
    ArrayMinSize(options.min ?? 0, { message: `Give at least ${String(options.min ?? 0)}` }),
    ArrayMaxSize(options.items, { message: `Give at most ${String(options.items)}` }),
    rule('texts', `Use 1 to ${String(options.max)} plain characters for each`, (value) =>
      Array.isArray(value)
        ? value.every(
            (item) =>
              typeof item === 'string' &&
              item.trim().length > 0 &&
              !isLonger(item, options.max) &&
              canBeShown(item),
          )
        : true,
    ),
  );
}

export function YesNo(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean({ message: 'Answer true or false' }));
}

export function WholeNumber(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const message = `Enter a whole number from ${String(options.min)} to ${String(options.max)}`;
  return field(
    options,
    { type: 'integer', minimum: options.min, maximum: options.max },
    IsInt({ message }),
    Min(options.min, { message }),
    Max(options.max, { message }),
  );
}

export function Decimal(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const message = `Enter a number from ${String(options.min)} to ${String(options.max)}`;
  return field(
    options,
    { type: Number, minimum: options.min, maximum: options.max },
    IsNumber({ allowNaN: false, allowInfinity: false }, { message }),
    Min(options.min, { message }),
    Max(options.max, { message }),
  );
}

/** The same kinds of number in a query string, where everything arrives as text. */
export function NumberInQuery(
  options: FieldOptions & { min: number; max: number; whole?: boolean },
): PropertyDecorator {
  const kind = options.whole === false ? Decimal(options) : WholeNumber(options);
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
    ),
    kind,
  );
}

export function YesNoInQuery(options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      value === 'true' ? true : value === 'false' ? false : value,
    ),
    YesNo(options),
  );
}

/** Repeated or comma-separated in a query string: `?state=sent&state=accepted` or `?state=sent,accepted`. */
export function ChoicesInQuery(list: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value)),
    Choices(list, options),
  );
}

export function Uuid(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'uuid' }, IsUUID('all', { message: 'Enter an id' }));
}

export function Uuids(options: FieldOptions & { max: number; min?: number }): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'uuid', isArray: true, maxItems: options.max },
    IsArray({ message: 'Give a list of ids' }),
    ArrayMinSize(options.min ?? 0, { message: `Give at least ${String(options.min ?? 0)}` }),
    ArrayMaxSize(options.max, { message: `Give at most ${String(options.max)}` }),
    ArrayUnique({ message: 'Give each id only once' }),
    IsUUID('all', { each: true, message: 'Each must be an id' }),
  );
}

const isRealDate = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return (
    !Number.isNaN(at.getTime()) &&
    at.toISOString().startsWith(value) &&
    value >= '1880-01-01' &&
    value < '2200'
  );
};

/** A calendar date, written 2026-11-21. Whether it may lie in the past or the future is the service's rule. */
export function DateOnly(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'date', example: '2026-11-21' },
    rule('dateOnly', 'Enter a real date, like 2026-11-21', isRealDate),
  );
}

/** A list of calendar dates, such as a scheme's own holidays. */
export function Dates(options: FieldOptions & { max: number }): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'date', isArray: true, maxItems: options.max },
    IsArray({ message: 'Give a list of dates' }),
    ArrayMaxSize(options.max, { message: `Give at most ${String(options.max)}` }),
    ArrayUnique({ message: 'Give each date only once' }),
    rule('dates', 'Each must be a real date, like 2026-12-25', (value) =>
      Array.isArray(value) ? value.every(isRealDate) : true,
    ),
  );
}

const ISO_MOMENT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A moment with its zone, written 2026-11-21T10:30:00Z. */
export function Moment(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'date-time', example: '2026-11-21T10:30:00Z' },
    rule('moment', 'Enter a date and time with a zone, like 2026-11-21T10:30:00Z', (value) => {
      if (typeof value !== 'string') return false;
      const match = ISO_MOMENT.exec(value);
      return match !== null && isRealDate(match[1]) && !Number.isNaN(Date.parse(value));
    }),
  );
}

const LONDON_MOMENT = /^\d{4}-\d{2}-\d{2}(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?$/;

/** A moment, a date as its start in London, or a date and time without a zone as a clock in London shows it. */
export function MomentOrDate(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, example: '2026-11-21' },
    rule(
      'momentOrDate',
      'Enter a date, or a date and time, like 2026-11-21 or 2026-11-21T10:30:00Z',
      (value) =>
        typeof value === 'string' &&
        isRealDate(value.slice(0, 10)) &&
        (LONDON_MOMENT.test(value) || (ISO_MOMENT.test(value) && !Number.isNaN(Date.parse(value)))),
    ),
  );
}

/** A time of day on London's clock, written 14:30. */
export function TimeOfDay(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, example: '14:30', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
    Matches(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'Enter a time, like 14:30' }),
  );
}

const tidied = (normalise: (text: string) => string | null): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && value.length <= 200 ? (normalise(value) ?? value) : value,
  );

export function NhsNumber(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: '999 000 0018', ...options },
    { type: String },
    tidied(normaliseNhsNumber),
    ValidateBy({
      name: 'nhsNumber',
      validator: {
        validate: (value) => typeof value === 'string' && nhsNumberProblem(value) === null,
        defaultMessage: (args) =>
          (typeof args?.value === 'string' && nhsNumberProblem(args.value)) ||
          'Enter a 10 digit NHS number, like 999 123 4567',
      },
    }),
  );
}

export function Postcode(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: 'CO15 1AB', ...options },
    { type: String },
    tidied(normalisePostcode),
    rule('postcode', 'Enter a full postcode, like LS1 4AP', (value) =>
      typeof value === 'string' ? normalisePostcode(value) !== null : false,
    ),
  );
}

export function UkPhone(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: '07700 900982', ...options },
    { type: String },
    tidied(normaliseUkPhone),
    rule('ukPhone', 'Enter a UK phone number, like 07700 900 982', (value) =>
      typeof value === 'string' ? normaliseUkPhone(value) !== null : false,
    ),
  );
}

/** The NHS's code for an organisation: capitals and digits, such as F81011 for a practice. */
export function OdsCode(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: 'F81011', ...options },
    { type: String },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.trim().toUpperCase() : value,
    ),
    Matches(/^[A-Z0-9]{3,10}$/, { message: 'Enter an ODS code, like F81011' }),
  );
}

/** Deliberately plain: one @, no spaces, a dot in the domain. Whether it works is shown by sending to it. */
const EMAIL = /^[^\s@<>"',;:\\()[\]]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/;

export function Email(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: 'sam@example.org', ...options },
    { type: String, format: 'email' },
    trimmed,
    rule('email', 'Enter an e-mail address, like sam@example.org', (value) =>
      typeof value === 'string' ? value.length <= 254 && EMAIL.test(value) : false,
    ),
  );
}

export function LanguageCode(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { example: 'en', ...options },
    { type: String, pattern: LANGUAGE_CODE.source },
    Matches(LANGUAGE_CODE, { message: 'Enter the code of a language, like en, pl or bfi' }),
  );
}

/** Swagger tells a function that gives a class from a class by the name `type`, which a parameter does not have. */
const named = (give: () => new () => object): (() => new () => object) => ({ type: () => give() }).type;

export function Nested(type: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: named(type) },
    rule(
      'isObject',
      'Give an object',
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    ),
    ValidateNested(),
    Type(type),
  );
}

export function NestedList(
  type: () => new () => object,
  options: FieldOptions & { max: number; min?: number },
): PropertyDecorator {
  return field(
    options,
    { type: named(type), isArray: true, maxItems: options.max },
    IsArray({ message: 'Give a list' }),
    ArrayMinSize(options.min ?? 0, { message: `Give at least ${String(options.min ?? 0)}` }),
    ArrayMaxSize(options.max, { message: `Give at most ${String(options.max)}` }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

/** A password or a token: kept exactly as given, so that what was chosen is what is compared. */
export function Secret(options: FieldOptions & { max: number }): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'password', minLength: 1, maxLength: options.max },
    rule('isText', 'Enter text', (value) => typeof value === 'string'),
    rule('minLength', 'Enter an answer', (value) => (typeof value === 'string' ? value.length > 0 : true)),
    rule('maxLength', `Use ${String(options.max)} characters or fewer`, (value) =>
      typeof value === 'string' ? !isLonger(value, options.max) : true,
    ),
    rule('plainText', 'Remove characters that cannot be typed', (value) =>
      typeof value === 'string' ? !CONTROL.test(value) && !UNPAIRED_SURROGATE.test(value) : true,
    ),
  );
}

/** Answers to a questionnaire, by question: whole numbers, or null for "prefer not to say". Which questions is the measure's rule. */
export function Answers(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: 'object', additionalProperties: { type: 'integer', nullable: true } },
    rule(
      'isObject',
      'Give the answers by question',
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    ),
    rule('manyAnswers', 'Give at most 100 answers', (value) =>
      typeof value === 'object' && value !== null ? Object.keys(value).length <= 100 : true,
    ),
  );
}
