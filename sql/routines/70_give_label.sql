-- What a visitor of the service may do to the labels of the current Map 1, and nothing else: add a word for a node, which
-- replaces what was suggested for it. Gives 'added', 'there', 'busy' (too many of late), 'full' (the node has enough) or 'no map'.
create function caom2_ai.give_label(node integer, label text, author text, most_a_minute integer) returns text
language plpgsql security definer
set search_path = pg_catalog, caom2_ai
as $$
declare
    most_of_node constant integer := 20;
    present constant timestamp := date_trunc('second', now() at time zone 'UTC');
    map integer;
begin
    select m.mapID into map from caom2_ai.map m where m.kind = 'object' and m.isCurrent;
    if map is null then
        return 'no map';
    end if;
    lock table caom2_ai.label in share row exclusive mode;
    if exists (
        select from caom2_ai.label l
        where l.mapID = map and l.node = give_label.node and l.label = give_label.label and l.origin = 'person'
    ) then
        return 'there';
    end if;
    if (select count(*) >= most_a_minute from caom2_ai.label l
        where l.mapID = map and l.origin = 'person' and l.created > present - interval '1 minute') then
        return 'busy';
    end if;
    if (select count(*) >= most_of_node from caom2_ai.label l
        where l.mapID = map and l.origin = 'person' and l.node = give_label.node) then
        return 'full';
    end if;
    delete from caom2_ai.label l
    where l.mapID = map and l.node = give_label.node and l.label <> give_label.label and l.origin = 'suggested';
    insert into caom2_ai.label (mapID, node, label, author, created) values (map, node, label, author, present)
    on conflict on constraint label_pkey do update
    set author = excluded.author, created = excluded.created, origin = 'person', carriedFrom = null, carriedOverlap = null;
    return 'added';
end
$$;
revoke all on function caom2_ai.give_label from public;
grant execute on function caom2_ai.give_label to caomai_service;
