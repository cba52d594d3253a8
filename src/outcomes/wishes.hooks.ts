import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { ClientHooks } from '../clients/client.hooks.js';

/** What one of two records wanted no questions of, the person wants none of. It stays so if they are parted again. */
@Injectable()
export class KeepWishes {
  constructor(clients: ClientHooks) {
    clients.merging.register('outcomes', async (tx, { keptId, mergedId }) => {
      await tx.run(sql`
        insert into measure_wish (scheme_id, client_id, ask, said_by, recorded_by, recorded_at)
        select scheme_id, ${keptId}, ask, said_by, recorded_by, recorded_at from measure_wish
        where scheme_id = ${tx.schemeId} and client_id = ${mergedId} and not ask
        on conflict (scheme_id, client_id) do update set ask = excluded.ask, said_by = excluded.said_by,
          recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
        where measure_wish.ask`);
    });
  }
}
