import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AmendSchemeInput, SchemeSettingsInput, type SchemeView } from '../../identity/scheme.dto.js';
import { SchemesQueries } from '../../identity/schemes.queries.js';
import { Schemes } from '../../identity/schemes.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { fieldOf } from '../../platform/http/fields.js';
import { validated } from '../../platform/http/validation.js';
import { normaliseUkPhone, spokenPhone } from '../../platform/pure/phone.js';
import type { SchemeSettings } from '../../platform/scheme/scheme-settings.js';
import { Desk } from '../layout/desk.js';
import { type Form, newForm, overtaken, sent, take, versionIn } from '../layout/forms.js';
import { shapeOf } from '../layout/shape-of.js';
import { choicesOf, ROLE_WORDS } from '../layout/words.js';
import {
  CHOICE_WORDS,
  COUNCIL_WORDS,
  FACTOR_ROLE_WORDS,
  NUMBER_SECTIONS,
  NUMBER_WORDS,
} from './scheme.words.js';
import { say } from '../words/staff/staff-words.js';

const ADDRESS = '/desk/scheme';
const PREFIX = 'settings.';

/** The name of a scheme and the days, numbers and rules it goes by. */
@ApiExcludeController()
@Controller('desk/scheme')
export class SchemePagesController {
  constructor(
    private readonly desk: Desk,
    private readonly queries: SchemesQueries,
    private readonly schemes: Schemes,
  ) {}

  @Get()
  @Can('scheme.read')
  async look(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await this.page(reply, actor, null);
  }

  @Post()
  @Can('scheme.configure')
  async amend(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    await take(
      reply,
      async (body) => {
        const before = await this.queries.get(actor);
        const input = await validated(AmendSchemeInput, changesIn(sent(body), before.settings));
        await this.schemes.amend(actor, versionIn(body), input);
        return ADDRESS;
      },
      (form) => this.page(reply, actor, form),
    );
  }

  private async page(reply: FastifyReply, actor: MemberActor, form: Form | null): Promise<void> {
    const scheme = await this.queries.get(actor);
    await this.desk.show(reply, actor, form?.status ?? 200, 'managers/pages/scheme.njk', {
      title: say('Settings of the scheme'),
      current: scheme,
      form: form ? overtaken(inWords(form), scheme) : newForm(asTyped(scheme), scheme.version),
      meanwhile: form ? otherThan(form.values, scheme) : [],
      sections: NUMBER_SECTIONS.map(({ heading, numbers }) => ({ heading, numbers: choicesOf(numbers) })),
      council: choicesOf(COUNCIL_WORDS),
      yesNo: choicesOf(CHOICE_WORDS),
      ofRoles: choicesOf(FACTOR_ROLE_WORDS),
      roles: choicesOf(ROLE_WORDS),
      words: { role: ROLE_WORDS },
    });
  }
}

/**
 * What differs from what is in force: what a scheme never set stays the product's own. A box that was emptied goes back to
 * that too, a list of roles to nobody.
 */
function changesIn(texts: Form['values'], inForce: SchemeSettings): object {
  const days = texts[`${PREFIX}bankHolidays`];
  const { name = '', settings = {} } = shapeOf(AmendSchemeInput, {
    ...texts,
    ...(typeof days === 'string' ? { [`${PREFIX}bankHolidays`]: datesIn(days) } : {}),
  }) as { name?: string; settings?: Record<string, unknown> };
  const asked = [
    ...new Set(
      Object.keys(texts)
        .filter((one) => one.startsWith(PREFIX))
        .map((one) => one.slice(PREFIX.length)),
    ),
  ];
  const given = asked.map((key) => {
    const value = key in settings ? settings[key] : key in FACTOR_ROLE_WORDS ? [] : null;
    return [key, isCouncil(key, value) ? (normaliseUkPhone(value) ?? value) : value] as const;
  });
  const changed = given.filter(
    ([key, value]) =>
      !fieldOf(SchemeSettingsInput, key) ||
      JSON.stringify(value) !== JSON.stringify(inForce[key as keyof SchemeSettings]),
  );
  return { name, settings: Object.fromEntries(changed) };
}

const isCouncil = (key: string, value: unknown): value is string =>
  key in COUNCIL_WORDS && typeof value === 'string';

/** Days one below the other, as 2026-12-25 or 25/12/2026; anything else as it stands, to be refused. */
const datesIn = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .filter((one) => one !== '')
    .map((one) => {
      const [, day = '', month = '', year = ''] = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(one) ?? [];
      return year === '' ? one : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    });

/** A refusal names settings and roles as programs know them. */
function inWords(form: Form): Form {
  const known = { ...NUMBER_WORDS, ...ROLE_WORDS };
  const spoken = (text: string): string =>
    Object.entries(known).reduce(
      (said, [code, words]) => said.replaceAll(new RegExp(`\\b${code}\\b`, 'g'), `“${words}”`),
      text,
    );
  return {
    ...form,
    wrong: Object.fromEntries(Object.entries(form.wrong).map(([field, text]) => [field, spoken(text)])),
    errors: form.errors.map(({ text, href }) => ({ text: spoken(text), href })),
  };
}

/** What stands there now where something else was typed or left empty, and who is ticked now. */
function otherThan(typed: Form['values'], scheme: SchemeView): { label: string; value: string }[] {
  const now = asTyped(scheme);
  const settings = {
    ...NUMBER_WORDS,
    ...COUNCIL_WORDS,
    ...CHOICE_WORDS,
    ...FACTOR_ROLE_WORDS,
    bankHolidays: say('Days on which nobody works, instead of England’s bank holidays'),
  };
  const text = (value: Form['values'][string] | undefined): string =>
    [value ?? '']
      .flat()
      .map((one) => (ROLE_WORDS as Record<string, string>)[one] ?? one)
      .join(', ');
  return [
    { key: 'name', label: say('Name') },
    ...Object.entries(settings).map(([key, label]) => ({ key: PREFIX + key, label })),
  ]
    .filter(({ key }) => key in typed || key.slice(PREFIX.length) in FACTOR_ROLE_WORDS)
    .map(({ key, label }) => ({ label, was: text(typed[key]), value: text(now[key]) }))
    .filter(({ was, value }) => was !== value)
    .map(({ label, value }) => ({ label, value }));
}

const asTyped = ({ name, settings }: SchemeView): Form['values'] =>
  Object.fromEntries([
    ['name', name],
    ...Object.entries(settings).map(([key, value]) => [
      `${PREFIX}${key}`,
      Array.isArray(value)
        ? key === 'bankHolidays'
          ? value.join('\n')
          : value
        : typeof value === 'boolean'
          ? value
            ? 'yes'
            : 'no'
          : isCouncil(key, value)
            ? spokenPhone(value)
            : String(value ?? ''),
    ]),
  ]) as Form['values'];
