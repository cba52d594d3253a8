import pg from 'pg';
import type { TestDatabase } from './test-database.js';

/** Called by each of the strings that would run: whoever looks hears of it. */
export const RAN = 'zqran';

/** Ways in which text has become more than text: one for each place it may stand in, and each trick to get out of it. */
export const SCRIPTS: readonly string[] = [
  '<script>zqran()</script>',
  '"><script>zqran()</script>',
  "'><script>zqran()</script>",
  '</textarea><script>zqran()</script>',
  '</title><script>zqran()</script>',
  '</style><script>zqran()</script>',
  '</script><script>zqran()</script>',
  '--><script>zqran()</script>',
  ']]><script>zqran()</script>',
  '</option></select><script>zqran()</script>',
  '</noscript><script>zqran()</script>',
  '</summary></details><script>zqran()</script>',
  '<ScRiPt>zqran()</sCrIpT>',
  '<script/x>zqran()</script>',
  '<<script>zqran()//<</script>',
  '<scr<script>ipt>zqran()</scr</script>ipt>',
  '<script src="data:text/javascript,zqran()"></script>',
  '<script type="module">zqran()</script>',
  '<img src=x onerror=zqran()>',
  '"><img src=x onerror=zqran()>',
  "'><img src=x onerror=zqran()>",
  '<img src="x"onerror="zqran()">',
  '<img/src/onerror=zqran()>',
  '<img src=x onerror=&#122;qran()>',
  '<image src=x onerror=zqran()>',
  '<svg onload=zqran()>',
  '<svg/onload=zqran()>',
  '<svg><script>zqran()</script></svg>',
  '<svg><animate onbegin=zqran() attributeName=x dur=1s>',
  '<svg><a xlink:href="javascript:zqran()"><text y=9>x</text></a></svg>',
  '<math><mtext></mtext><img src=x onerror=zqran()></math>',
  '<body onload=zqran()>',
  '<iframe srcdoc="<script>parent.zqran()</script>"></iframe>',
  '<iframe src="javascript:parent.zqran()"></iframe>',
  '<object data="javascript:zqran()"></object>',
  '<embed src="javascript:zqran()">',
  '<video><source onerror=zqran()></video>',
  '<audio src=x onerror=zqran()>',
  '<details open ontoggle=zqran()>',
  '<input autofocus onfocus=zqran()>',
  '<select autofocus onfocus=zqran()>',
  '<textarea autofocus onfocus=zqran()>',
  '<marquee onstart=zqran()>',
  '<style>@keyframes q{}</style><b style="animation-name:q" onanimationstart="zqran()">',
  '<style onload=zqran()></style>',
  '<link rel=stylesheet href="data:text/css,x" onload=zqran()>',
  '<meta http-equiv="refresh" content="0;url=javascript:zqran()">',
  '<base href="https://example.org/">',
  '<form action="https://example.org/"><button autofocus>x',
  '<a href="javascript:zqran()" autofocus>x</a>',
  '" onmouseover="zqran()" autofocus onfocus="zqran()" x="',
  "' onmouseover='zqran()' autofocus onfocus='zqran()' x='",
  '` onfocus=zqran() autofocus x=`',
  ' onfocus=zqran() autofocus tabindex=1 ',
  'javascript:zqran()',
  'JaVaScRiPt:zqran()//',
  '{{ 7 * 191 }}zq${7*191}<%= 7*191 %>#{7*191}',
  "{{ range.constructor('return zqran()')() }}",
  '{% set x = cycler.__init__ %}\';zqran();//";zqran();//',
  '<template shadowrootmode=open><img src=x onerror=zqran()></template>',
];

/** Between what was planted and what was there, so that the next can take its place. */
const MARK = '\u2063';

/**
 * Writes one of the strings in front of every text of every row of a scheme, another one for each row and each round:
 * whatever a form would refuse, an import or a program of the scheme's own might have let in. Codes are left alone, and
 * what a table itself holds to a form. In documents, each text of theirs.
 */
export async function plantScripts(
  database: TestDatabase,
  schemeId: string,
  round: number,
): Promise<{ texts: number; columns: number }> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query('create temporary table planted (name text, field text, count bigint)');
    await client.query(`
      create function pg_temp.plant(scheme uuid, strings text[], round int, mark text) returns void language plpgsql as $$
      declare one record; touched bigint; begin
        -- As a copy would be loaded: no trigger asks why, and no reference is followed.
        set local session_replication_role = replica;
        for one in
          select c.relname as name, a.attname as field, a.atttypid = 'jsonb'::regtype as document
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attgenerated = ''
            and a.atttypid in ('text'::regtype, 'jsonb'::regtype) and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and c.relname not in ('kept_form', 'page_kept_form', 'outbox', 'scheme')
            and exists (select from pg_attribute s where s.attrelid = c.oid and s.attname = 'scheme_id')
            and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'f') and a.attnum = any (k.conkey))
        loop
          begin
            if one.document then
              execute format(
                $q$update %1$I set %2$I = regexp_replace(regexp_replace(%2$I::text, '"[^"]*' || $3 || '(\\\\.[^"]*)?', '"', 'g'),
                    '": "([A-Z][^"]* [^"]*)"',
                    '": "' || replace(trim(both '"' from to_json($2[1 + (abs(hashtext(%2$I::text)) + $4) %% 60])::text), '\\', '\\\\') || $3 || '\\1"', 'g')::jsonb
                  where scheme_id = $1 and %2$I::text ~ '": "[A-Z][^"]* '$q$, one.name, one.field)
                using scheme, strings, mark, round;
            else
              execute format(
                $q$update %1$I set %2$I = $2[1 + (abs(hashtext(regexp_replace(%2$I, '^.*' || $3, ''))) + $4) %% 60] || $3 || regexp_replace(%2$I, '^.*' || $3, '')
                  where scheme_id = $1 and %2$I ~ '[A-Z ]' and %2$I !~ '^[{\\[]' and %2$I not like '%%@%%'$q$, one.name, one.field)
                using scheme, strings, mark, round;
            end if;
            get diagnostics touched = row_count;
            insert into planted values (one.name, one.field, touched);
          exception when check_violation or unique_violation or invalid_text_representation or string_data_right_truncation then null;
          end;
        end loop; end $$`);
    await client.query('select pg_temp.plant($1, $2, $3, $4)', [schemeId, SCRIPTS, round, MARK]);
    const { rows } = await client.query<{ texts: number; columns: number }>(
      'select coalesce(sum(count), 0)::int as texts, count(*) filter (where count > 0)::int as columns from planted',
    );
    return rows[0] ?? { texts: 0, columns: 0 };
  } finally {
    await client.end();
  }
}
