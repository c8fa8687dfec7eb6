"""Entries are numbered, chained and written by one statement, where their chain is."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    # An entry comes as the text that is hashed, with the number 0. No text within it can hold
    # `"seq":0,`, since the quotation marks there are escaped.
    op.execute(
        r"""
        create function append_to_log(tenant uuid, entries json) returns void
        language plpgsql as $$
        declare
            head log_heads;
            entry text;
            digest bytea;
            kept jsonb[];
        begin
            select * into head from log_heads where tenant_id = tenant for update;
            if not found then
                insert into log_heads (tenant_id, id, seq, hash)
                values (tenant, tenant, 0, sha256(convert_to('roder access log ' || tenant, 'UTF8')))
                on conflict (tenant_id) do nothing;
                select * into head from log_heads where tenant_id = tenant for update;
            end if;
            for entry in select value::text from json_array_elements(entries) loop
                head.seq := head.seq + 1;
                entry := replace(entry, '"seq"\:0,', '"seq"\:' || head.seq || ',');
                digest := sha256(convert_to(entry, 'UTF8'));
                head.hash := sha256(head.hash || digest);
                kept := array_append(kept, entry::jsonb || jsonb_build_object(
                    'salt', '\x' || (entry::jsonb ->> 'salt'),
                    'digest', '\x' || encode(digest, 'hex'),
                    'hash', '\x' || encode(head.hash, 'hex'),
                    'created_at', clock_timestamp()
                ));
            end loop;
            insert into access_log
            select * from jsonb_populate_recordset(null::access_log, to_jsonb(kept));
            update log_heads set seq = head.seq, hash = head.hash where tenant_id = tenant;
        end
        $$
        """
    )
