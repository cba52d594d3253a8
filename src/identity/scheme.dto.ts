import { ApiProperty } from '@nestjs/swagger';
import { type Role, ROLES } from '../platform/actor/actor.types.js';
import { Choices, Dates, Nested, Text, UkPhone, WholeNumber, YesNo } from '../platform/http/fields.js';
import { DEFAULT_SETTINGS, type SchemeSettings } from '../platform/scheme/scheme-settings.js';
import { SETTING_LIMITS } from './scheme.rules.js';

const PER_YEAR = 20;
const YEARS = 10;

/** Null goes back to the product's own. Its numbers come from the table of limits, below. */
export class SchemeSettingsInput {
  @YesNo({ optional: true, nullable: true, description: 'People may refer themselves.' })
  selfReferral?: boolean | null;

  @YesNo({
    optional: true,
    nullable: true,
    description: 'Groups must have signed that nobody is put under religious pressure.',
  })
  noPressureRequired?: boolean | null;

  @YesNo({
    optional: true,
    nullable: true,
    description: 'People are told by mail when they sign in from somewhere new.',
  })
  newDeviceNotice?: boolean | null;

  @Choices(ROLES, {
    optional: true,
    nullable: true,
    description: 'Roles that may set up a second factor; every role unless set.',
  })
  secondFactorOffered?: Role[] | null;

  @Choices(ROLES, {
    optional: true,
    nullable: true,
    description: 'Roles that have to show a second factor at each sign-in; none unless set.',
  })
  secondFactorRequired?: Role[] | null;

  @Choices(ROLES, {
    optional: true,
    nullable: true,
    description:
      'Roles for which a code to the work mailbox is second factor enough; referrers and group members unless set.',
  })
  secondFactorByMail?: Role[] | null;

  @UkPhone({
    optional: true,
    nullable: true,
    description: 'The council’s safeguarding team for adults, shown where somebody could come to harm.',
  })
  councilAdultsPhone?: string | null;

  @UkPhone({ optional: true, nullable: true, description: 'The same for children.' })
  councilChildrenPhone?: string | null;

  @UkPhone({
    optional: true,
    nullable: true,
    description: 'The same in the evening, at night and at weekends.',
  })
  councilOutOfHoursPhone?: string | null;

  @Dates({
    optional: true,
    nullable: true,
    max: PER_YEAR * YEARS,
    description: 'Replaces England’s bank holidays.',
  })
  bankHolidays?: string[] | null;
}

for (const [key, [min, max]] of Object.entries(SETTING_LIMITS)) {
  const standard = String(DEFAULT_SETTINGS[key as keyof SchemeSettings]);
  WholeNumber({ optional: true, nullable: true, min, max, description: `${standard} unless set.` })(
    SchemeSettingsInput.prototype,
    key,
  );
}

export type GivenSettings = { [Key in keyof SchemeSettings]?: SchemeSettings[Key] | null };

export class AmendSchemeInput {
  @Text({ optional: true, max: 200 })
  name?: string;

  @Nested(() => SchemeSettingsInput, { optional: true })
  settings?: GivenSettings;
}

export class SchemeView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  version: number;

  @ApiProperty({ example: 'Tendring Social Prescribing' })
  name: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Every setting in force, the product’s own where the scheme has none.',
    example: DEFAULT_SETTINGS,
  })
  settings: SchemeSettings;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The membership that takes work nobody else is named for.',
  })
  standingCoverId: string | null;
}
