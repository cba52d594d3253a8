import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type VolunteerData, VolunteerDataInput } from '../../onward-referrals/volunteer.dto.js';
import { Volunteers } from '../../onward-referrals/volunteers.service.js';
import { Can, CurrentActor } from '../../permissions/can.decorator.js';
import { reachOf } from '../../permissions/permission.table.js';
import type { MemberActor } from '../../platform/actor/actor.types.js';
import { Choice } from '../../platform/http/fields.js';
import { Desk } from '../layout/desk.js';
import { checked, type Form, newForm, readForm, sent } from '../layout/forms.js';
import { seeOther } from '../layout/see-other.js';
import { ownDataPage, sendOwnData } from '../reply/own-data.page.js';
import { type Language, LANGUAGES, OWN_NAMES } from '../words/languages.js';
import { type Speech, speechIn } from '../words/speech.js';
import { say } from '../words/staff/staff-words.js';

class VolunteerAsks extends VolunteerDataInput {
  @Choice(LANGUAGES)
  language: Language;
}

interface Asked {
  data: VolunteerData;
  language: Language;
}

/**
 * Somebody who helps in a group asks what is kept of them, and cannot read it by a link of their own. Whose it is comes as a
 * form and is answered with the page itself, so that it stands in no address.
 */
@ApiExcludeController()
@Controller('desk/groups/volunteer-data')
export class VolunteerDataController {
  constructor(
    private readonly desk: Desk,
    private readonly volunteers: Volunteers,
  ) {}

  @Get()
  @Can('volunteer.data')
  async ask(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    if (await ownInstead(reply, actor)) return;
    await this.page(reply, actor, newForm({ language: 'en' }), null);
  }

  @Post()
  @Can('volunteer.data')
  @HttpCode(200)
  async answer(@CurrentActor() actor: MemberActor, @Res() reply: FastifyReply): Promise<void> {
    if (await ownInstead(reply, actor)) return;
    const { file, ...typed } = sent(reply.request.body);
    const asked = await checked<Asked>(
      reply,
      async () => {
        const { language, ...whose } = await readForm(VolunteerAsks, typed);
        return { data: await this.volunteers.dataFor(actor, whose), language };
      },
      (form) => this.page(reply, actor, form, null),
    );
    if (asked === null) return;
    if (file !== undefined) return sendOwnData(reply, asked.data);
    await this.page(reply, actor, newForm(typed), asked);
  }

  private async page(
    reply: FastifyReply,
    actor: MemberActor,
    form: Form,
    asked: Asked | null,
  ): Promise<void> {
    const speech = asked && speechIn(asked.language);
    await this.desk.show(reply, actor, form.status, 'managers/pages/volunteer-data.njk', {
      title: say('What we hold on somebody who helps'),
      form,
      languages: LANGUAGES.map((value) => ({ value, text: OWN_NAMES[value] })),
      found: asked && speech && foundIn(asked.data, speech),
    });
  }
}

/** As it is handed to them: what they read, in their language. */
const foundIn = (data: VolunteerData, speech: Speech) => {
  const { asOf, parts } = ownDataPage(data, speech);
  return {
    tag: speech.tag,
    direction: speech.direction,
    lead: `${speech.t('ownData.lead', { day: asOf })} ${speech.t('ownData.right')}`,
    nothing: speech.t('ownData.none'),
    parts,
  };
};

/** Whoever signs in for a group is shown what is held on themselves, by no address. */
async function ownInstead(reply: FastifyReply, actor: MemberActor): Promise<boolean> {
  if (reachOf('volunteer.data', actor.role) !== 'own') return false;
  await seeOther(reply, '/desk/group/my-data');
  return true;
}
