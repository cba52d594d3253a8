import sql, { type Sql } from 'sql-template-tag';

/** Of `hub_partner h` with `organisation g` left joined as the partner and `provider gp` as its profile: those that stand. */
const STANDS = sql`
  h.ended_on is null and (h.partner_id is null or (g.active and gp.closed_for_good_on is null))`;

/** [{ name, does }] by name: the partners a hub has today, none where it is no hub. `hub` is its organisation's id. */
export const partnersOf = (schemeId: Sql, hub: Sql, besides: Sql = sql`true`): Sql => sql`coalesce((
  select json_agg(json_build_object('name', coalesce(g.name, h.partner_name), 'does', h.does)
    order by lower(coalesce(g.name, h.partner_name)), h.id)
  from hub_partner h
  left join organisation g on g.scheme_id = h.scheme_id and g.id = h.partner_id
  left join provider gp on gp.scheme_id = h.scheme_id and gp.organisation_id = h.partner_id
  where h.scheme_id = ${schemeId} and h.organisation_id = ${hub} and ${STANDS} and ${besides}
), '[]')`;
