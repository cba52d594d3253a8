import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import { Refusal } from '../platform/errors/refusal.js';
import { DEFAULT_LIMIT, decodeIdCursor, pageOf, type Page } from '../platform/http/pagination.js';
import type { QuestionnaireQuery, QuestionnaireView } from './questionnaire.dto.js';
import type { Definition } from './questionnaire.rules.js';

type Row = Omit<QuestionnaireView, keyof Definition> & { definition: Definition };

const COLUMNS = sql`id, version, measure, number, state, definition, published_at as "publishedAt",
  retired_at as "retiredAt", retired_because as "retiredBecause"`;

/** About questions, not people. */
@Injectable()
export class QuestionnairesQueries {
  constructor(private readonly database: Database) {}

  async get(actor: Actor, id: string): Promise<QuestionnaireView> {
    const row = await this.database.maybe<Row>(
      actor.schemeId,
      sql`select ${COLUMNS} from questionnaire where scheme_id = ${actor.schemeId} and id = ${id}`,
    );
    if (!row) throw Refusal.notFound();
    return viewOf(row);
  }

  /** Newest first. */
  async list(actor: Actor, query: QuestionnaireQuery): Promise<Page<QuestionnaireView>> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    const after = decodeIdCursor(query.after);
    const rows = await this.database.read<Row>(
      actor.schemeId,
      sql`select ${COLUMNS} from questionnaire
        where scheme_id = ${actor.schemeId} and (${query.state ?? null}::text is null or state = ${query.state ?? null})
          and (${after}::uuid is null or id < ${after}::uuid)
        order by id desc limit ${limit + 1}`,
    );
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map(viewOf), next: page.next };
  }
}

const viewOf = ({ definition, ...row }: Row): QuestionnaireView => ({ ...row, ...definition });
