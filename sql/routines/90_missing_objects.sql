-- Why objects cannot be compared, in a sentence for whoever asks about them; what is hidden is as unknown as what does not exist.
create function caom2_ai.no_vector(who text) returns text
language sql immutable parallel safe
return who || ' no vector to be compared by: of each image only the objects of highest signal to noise have one. An operator can give'
    ' vectors to more of them (set CAOMAI_OBJECT_SHARE, then caom-ai fingerprint --missing-vectors).';

create function caom2_ai.is_object(objectID bigint, mapID integer) returns boolean
language sql stable strict parallel safe
return exists (
    select from caom2_ai_view.object_node n where n.imageID = $1 >> 20 and n.objectID = $1 and n.mapID = $2
);

create function caom2_ai.missing_object(objectID bigint, mapID integer) returns text
language sql stable strict parallel safe
return case
    when caom2_ai.is_object($1, $2) then caom2_ai.no_vector('Object ' || $1 || ' has')
    else 'No object that can be compared is known here as ' || $1 || '.'
end;

-- The same of an image none of whose objects can be compared; `place` is where one was looked for.
create function caom2_ai.missing_objects(publisherID text, mapID integer, place text) returns text
language sql stable strict parallel safe
return case (select f.nObjects > 0 from caom2_ai_view.fingerprint f where f.publisherID = $1 and f.mapID = $2)
    when true then caom2_ai.no_vector('The objects of ' || left($1, 200) || ' have')
    when false then left($1, 200) || ' has no objects.'
    else 'No object that can be compared is known here in ' || left($1, 200) || ' ' || $3 || '.'
end;
