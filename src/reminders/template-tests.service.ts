import { Injectable } from '@nestjs/common';
import { audit } from '../audit/audit.js';
import { reachFor } from '../permissions/reach.js';
import type { MemberActor } from '../platform/actor/actor.types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Refusal } from '../platform/errors/refusal.js';
import { outbox } from '../platform/outbox/outbox.js';
import type { TemplateTestInput } from './message.dto.js';
import { TEMPLATE_TEST_ASKED } from './template-test.events.js';
import { previewOf } from './template-previews.js';

/** A message with made-up words, to whoever asks for it and to nobody else. */
@Injectable()
export class TemplateTests {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  ask(actor: MemberActor, { name, language }: TemplateTestInput): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      reachFor(actor, 'template.test');
      if (!previewOf(name, language)) throw Refusal.invalidField('name', 'There is no such message');
      await outbox.add(tx, TEMPLATE_TEST_ASKED, {
        membershipId: actor.membershipId,
        template: name,
        language,
      });
      await audit(tx, { action: 'template.test', details: { name, language } });
      return actor.membershipId;
    });
  }
}
