select '{"data":{"planNode":' || coalesce((
    select '{"id":"Goal:' || g.id || '","title":' || to_json(g.title)
        || ',"description":' || to_json(g.description)
        || ',"children":[' || coalesce((
            select string_agg(c.json, ',' order by c.position, c.id)
            from (
                select n.position, n.id, '{"id":"' || initcap(n.kind) || ':' || n.id
                    || '","title":' || to_json(n.title)
                    || case when n.kind <> 'indicator' then '' else
                        ',"measureUnit":' || to_json(i.measure_unit) || ',"outcome":'
                        || coalesce((
                            select '{"period":' || to_json(o.period) || ',"total":'
                                || coalesce('"' || o.total || '"', 'null') || '}'
                            from outcomes o
                            where o.tenant_id = :tenant::uuid and o.node_id = n.id
                              and o.unit_id = :unit::uuid and o.period = '2026-10'
                        ), 'null') end || '}' as json
                from plan_nodes n
                left join indicators i on i.tenant_id = :tenant::uuid and i.id = n.id
                where n.tenant_id = :tenant::uuid and n.parent_id = g.id
            ) c
        ), '') || ']}'
    from plan_nodes g
    where g.tenant_id = :tenant::uuid and g.id = :goal::uuid and g.kind = 'goal'
), 'null') || '}}'
