import sql from 'sql-template-tag';
import { addToTimeline } from '../clients/timeline.js';

// What was written to the person, and what became of it. The words are kept nowhere.
addToTimeline(
  'message',
  (schemeId, clientId) => sql`
  select coalesce(m.settled_at, m.created_at), m.id, 'message', m.state, null::uuid, m.id, null::text, null::text,
    jsonb_build_object('channel', m.channel, 'because', m.because)
  from message m where m.scheme_id = ${schemeId} and m.client_id = ${clientId} and m.recipient_kind = 'client'`,
);
