select '{"data":{"planNodes":{"nodes":[' || coalesce(string_agg(found.json, ',' order by found.id), '')
    || ']}}}'
from (
    select g.id, '{"id":"Goal:' || g.id || '","title":' || to_json(g.title)
        || ',"description":' || to_json(g.description)
        || ',"level":{"name":' || to_json(gl.name ->> 'sv')
        || '},"unit":{"id":"Unit:' || gu.id || '","name":' || to_json(gv.name)
        || '},"responsible":'
        || coalesce('{"id":"Person:' || gp.id || '","name":' || to_json(gp.name) || '}', 'null')
        || ',"children":[' || coalesce((
            select string_agg(
                '{"id":"' || initcap(n.kind) || ':' || n.id || '","title":' || to_json(n.title)
                || ',"position":' || n.position || ',"version":' || n.version
                || ',"level":{"name":' || to_json(l.name ->> 'sv')
                || '},"unit":{"id":"Unit:' || u.id || '","name":' || to_json(v.name)
                || '},"responsible":'
                || coalesce('{"id":"Person:' || p.id || '","name":' || to_json(p.name) || '}', 'null')
                || ',"comments":{"nodes":[' || coalesce((
                    select string_agg('{"text":' || to_json(s.text) || ',"writtenAt":'
                        || to_json(s.written_at) || '}', ',' order by s.period, s.id)
                    from (
                        select * from node_comments
                        where tenant_id = :tenant::uuid and node_id = n.id and period = '2026-T2'
                        order by period, id limit 5
                    ) s
                ), '') || ']}'
                || case when n.kind <> 'indicator' then '' else
                    ',"measureUnit":' || to_json(i.measure_unit) || ',"outcomes":{"nodes":['
                    || coalesce((
                        select string_agg('{"period":' || to_json(s.period) || ',"total":'
                            || coalesce('"' || s.total || '"', 'null') || ',"target":'
                            || coalesce('"' || s.target || '"', 'null') || '}',
                            ',' order by s.period, s.id)
                        from (
                            select * from outcomes
                            where tenant_id = :tenant::uuid and node_id = n.id
                            order by period, id limit 12
                        ) s
                    ), '') || ']}' end || '}',
                ',' order by n.position, n.id)
            from plan_nodes n
            join levels l on l.tenant_id = :tenant::uuid and l.id = n.level_id
            join units u on u.tenant_id = :tenant::uuid and u.id = n.unit_id
            join unit_versions v on v.tenant_id = :tenant::uuid and v.unit_id = n.unit_id
                and v.valid_from <= current_date
                and (v.valid_to is null or v.valid_to > current_date)
            left join people p on p.tenant_id = :tenant::uuid and p.id = n.responsible_id
            left join indicators i on i.tenant_id = :tenant::uuid and i.id = n.id
            where n.tenant_id = :tenant::uuid and n.parent_id = g.id
        ), '') || ']}' as json
    from plan_nodes g
    join steering_models m on m.tenant_id = :tenant::uuid and m.id = g.model_id
    join levels gl on gl.tenant_id = :tenant::uuid and gl.id = g.level_id
    join units gu on gu.tenant_id = :tenant::uuid and gu.id = g.unit_id
    join unit_versions gv on gv.tenant_id = :tenant::uuid and gv.unit_id = g.unit_id
        and gv.valid_from <= current_date
        and (gv.valid_to is null or gv.valid_to > current_date)
    left join people gp on gp.tenant_id = :tenant::uuid and gp.id = g.responsible_id
    where g.tenant_id = :tenant::uuid and g.unit_id = :unit::uuid and m.year = 2026
      and g.kind = 'goal'
    order by g.id limit 50
) found
