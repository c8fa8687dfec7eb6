select '{"data":{"planNodes":{"nodes":[' || coalesce(string_agg(
    '{"id":"Indicator:' || n.id || '","title":' || to_json(n.title)
    || ',"measureUnit":' || to_json(i.measure_unit) || ',"outcomes":{"nodes":['
    || coalesce((
        select string_agg('{"period":' || to_json(s.period) || ',"total":'
            || coalesce('"' || s.total || '"', 'null') || ',"target":'
            || coalesce('"' || s.target || '"', 'null') || ',"forecast":'
            || coalesce('"' || s.forecast || '"', 'null') || ',"version":' || s.version || '}',
            ',' order by s.period, s.id)
        from (
            select * from outcomes
            where tenant_id = :tenant::uuid and node_id = n.id
            order by period, id limit 4
        ) s
    ), '') || ']}}', ',' order by n.id), '') || ']}}}'
from (
    select p.id, p.title from plan_nodes p
    join steering_models m on m.tenant_id = :tenant::uuid and m.id = p.model_id
    where p.tenant_id = :tenant::uuid and p.kind = 'indicator' and m.year = 2026
    order by p.id limit 1000
) n
join indicators i on i.tenant_id = :tenant::uuid and i.id = n.id
