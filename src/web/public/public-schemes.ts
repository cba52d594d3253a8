import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Refusal } from '../../platform/errors/refusal.js';
import { isUuid } from '../../platform/pure/ids.js';
import { type OpenScheme, PublishedServices } from '../../providers/published-services.queries.js';
import { Pages } from '../layout/pages.js';
import { speechFor } from '../words/choice.js';
import type { Key } from '../words/speech.js';

/** Whose page an address without a scheme is: the only one's there is; of several, whoever comes chooses. */
@Injectable()
export class PublicSchemes {
  constructor(
    private readonly pages: Pages,
    private readonly published: PublishedServices,
  ) {}

  /** Null once the choice between several has been shown. */
  async at(
    reply: FastifyReply,
    given: string | undefined,
    { address, title, only = () => true }: Door,
  ): Promise<OpenScheme | null> {
    if (given !== undefined && !isUuid(given)) throw Refusal.notFound();
    const schemes = (await this.published.schemes(given ?? null)).filter(only);
    if (schemes.length === 1) return schemes[0] ?? null;
    if (given !== undefined) throw Refusal.notFound();
    const speech = speechFor(reply.request);
    await this.pages.show(reply, 200, 'public/pages/schemes.njk', {
      speech,
      title: speech.t(title),
      address,
      schemes,
    });
    return null;
  }
}

export interface Door {
  address: string;
  title: Key;
  only?: (scheme: OpenScheme) => boolean;
}
