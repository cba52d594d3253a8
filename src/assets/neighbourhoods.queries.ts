import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { reachFor } from '../permissions/reach.js';
import type { Actor } from '../platform/actor/actor.types.js';
import { Database } from '../platform/database/database.js';
import type { NeighbourhoodView } from './neighbourhood.dto.js';

/** The neighbourhoods of a scheme. Nobody is in them: these are places. */
@Injectable()
export class NeighbourhoodsQueries {
  constructor(private readonly database: Database) {}

  /** By name. */
  list(actor: Actor): Promise<NeighbourhoodView[]> {
    reachFor(actor, 'neighbourhood.list');
    return this.database.read<NeighbourhoodView & Record<string, unknown>>(
      actor.schemeId,
      sql`
      select n.id, n.name, n.pcn_code as "pcnCode", n.edition,
        array(select a.code from neighbourhood_area a
          where a.scheme_id = n.scheme_id and a.neighbourhood_id = n.id and a.code like '_01%' order by a.code) as lsoas,
        array(select a.code from neighbourhood_area a
          where a.scheme_id = n.scheme_id and a.neighbourhood_id = n.id and a.code not like '_01%' order by a.code) as districts,
        (select count(*)::int from asset s
          where s.scheme_id = n.scheme_id and s.neighbourhood_id = n.id and s.state = 'published') as assets
      from neighbourhood n where n.scheme_id = ${actor.schemeId}
      order by lower(n.name), n.id`,
    );
  }
}
