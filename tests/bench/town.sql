-- The towns number `:first` to `:last`, each with 5,000 plan nodes and 40,000 outcomes.
-- Run as the superuser: row-level security and the checks of foreign keys stand aside.
-- Every id is made of the town, the kind of row and a number, so that anyone can work it out.

set session_replication_role = replica;

create or replace function pg_temp.bid(town int, kind int, number int) returns uuid
    language sql immutable as
$$ select ('019a' || lpad(to_hex(town), 4, '0') || '-' || lpad(to_hex(kind), 4, '0')
           || '-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid $$;

insert into tenants (id, slug, name, languages, accent)
select pg_temp.bid(t, 0, 0), 'town-' || t, 'Kommun ' || t, '{sv,en}', '#1f5f8b'
from generate_series(:first, :last) t;

insert into module_switches (tenant_id, id, module)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 1, m), (array['goals', 'reports'])[m]
from generate_series(:first, :last) t, generate_series(1, 2) m;

-- 66 units below a council: of committee goals each has three.
insert into units (tenant_id, id, code, slug, kind)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 2, u), 'E' || u, 'enhet-' || u,
       case u when 0 then 'council' else 'unit' end
from generate_series(:first, :last) t, generate_series(0, 66) u;

insert into unit_versions (tenant_id, id, unit_id, parent_id, name, valid_from)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 3, u), pg_temp.bid(t, 2, u),
       case when u > 0 then pg_temp.bid(t, 2, 0) end,
       case u when 0 then 'Kommunfullmäktige' else 'Hemtjänst område ' || u end, date '2018-01-01'
from generate_series(:first, :last) t, generate_series(0, 66) u;

insert into people (tenant_id, id, name, email)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 4, p), 'Person Påhittad ' || p,
       'person-' || p || '@town-' || t || '.example'
from generate_series(:first, :last) t, generate_series(0, 99) p;

-- Person 0 is the full administrator whose token asks; 66 contributors have a unit each.
insert into role_grants (tenant_id, id, person_id, role, unit_id)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 5, p), pg_temp.bid(t, 4, p),
       case p when 0 then 'full_administrator' else 'contributor' end,
       case when p > 0 then pg_temp.bid(t, 2, p) end
from generate_series(:first, :last) t, generate_series(0, 66) p;

insert into api_tokens (tenant_id, id, name, person_id, digest, scopes, expires_at)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 6, 0), 'Mätning', pg_temp.bid(t, 4, 0),
       sha256(convert_to('roder_bench_' || t, 'UTF8')), '{read,write}', now() + interval '300 days'
from generate_series(:first, :last) t;

-- Made by triggers else, which stand aside here.
select to_regclass('rights_versions') is not null as has_rights \gset
\if :has_rights
insert into rights_versions (tenant_id, id, version)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 12, 0), 1 from generate_series(:first, :last) t;
\endif

insert into steering_models (tenant_id, id, year, name, lights)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 7, 0), 2026, 'Målstyrning', '[]'
from generate_series(:first, :last) t;

insert into levels (tenant_id, id, model_id, key, position, kind, name, parents, unit_kinds,
                    spread, hand_lights)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 8, l), pg_temp.bid(t, 7, 0),
       (array['committee_goal', 'goal', 'indicator'])[l], l - 1,
       case l when 3 then 'indicator' else 'goal' end,
       jsonb_build_object('sv', (array['Nämndmål', 'Mål', 'Styrtal'])[l],
                          'en', (array['Committee goal', 'Goal', 'Key figure'])[l]),
       array_remove(array[(array[null, 'committee_goal', 'goal'])[l]], null), '{}',
       'visible', '{}'
from generate_series(:first, :last) t, generate_series(1, 3) l;

-- Of 25 nodes one is a committee goal, with 4 goals of 5 key figures each; 200 such a town.
create temp table shapes as
select i, i / 25 as tree,
       case when i % 25 = 0 then 1 when (i % 25 - 1) % 6 = 0 then 2 else 3 end as level,
       case when i % 25 = 0 then null
            when (i % 25 - 1) % 6 = 0 then i / 25 * 25
            else i - (i % 25 - 1) % 6 end as above,
       case when i % 25 = 0 then i / 25
            when (i % 25 - 1) % 6 = 0 then (i % 25 - 1) / 6
            else (i % 25 - 1) % 6 - 1 end as position,
       least(i / 25 / 3 + 1, 66) as unit
from generate_series(0, 4999) i;
analyze shapes;

insert into plan_nodes (tenant_id, id, model_id, level_id, kind, unit_id, parent_id, title,
                        description, position, responsible_id, changed_at)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 9, i), pg_temp.bid(t, 7, 0), pg_temp.bid(t, 8, level),
       case level when 3 then 'indicator' else 'goal' end, pg_temp.bid(t, 2, unit),
       pg_temp.bid(t, 9, above),
       case level when 3 then 'Andel som är "nöjda", fråga ' || i
                  else 'Nöjda brukare i hela området, mål ' || i end,
       case when level < 3 then 'Alla ska få omsorg av god kvalitet.' else '' end,
       position, pg_temp.bid(t, 4, i % 100), timestamptz '2026-01-15 08:00+00'
from generate_series(:first, :last) t, shapes;

insert into indicators (tenant_id, id, measure_unit, decimals, periodicity)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 9, i), '%', 1, 'month'
from generate_series(:first, :last) t, shapes where level = 3;

insert into outcomes (tenant_id, id, node_id, unit_id, period, total, target, forecast,
                      entered_at)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 10, i * 10 + m - 1), pg_temp.bid(t, 9, i),
       pg_temp.bid(t, 2, unit), '2026-' || lpad(m::text, 2, '0'),
       case when (i + m) % 13 > 0 then round(60 + (i * 7 + m * 31 + t) % 400 / 10.0, 1) end,
       round(75 + i % 20, 1), null, timestamptz '2026-11-02 09:30+00'
from generate_series(:first, :last) t, shapes, generate_series(1, 10) m where level = 3;

insert into node_comments (tenant_id, id, node_id, unit_id, period, text, written_by, written_at)
select pg_temp.bid(t, 0, 0), pg_temp.bid(t, 11, i), pg_temp.bid(t, 9, i), pg_temp.bid(t, 2, unit),
       '2026-T2',
       'Vi följer planen. Under sommaren har färre svarat än i våras, men de som svarade är'
       || ' nöjdare. Till hösten ber vi fler om svar \ och frågar även anhöriga. 🙂 Vi prövar'
       || ' också ett kortare formulär, för det förra tog en halvtimme att fylla i, och vi går'
       || ' igenom svaren tillsammans i arbetsgruppen innan vi väljer vad vi gör härnäst.',
       pg_temp.bid(t, 4, i % 100), timestamptz '2026-09-03 14:15:16+00'
from generate_series(:first, :last) t, shapes;

drop table shapes;
set session_replication_role = origin;
