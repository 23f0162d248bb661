-- Map 2 node of an image in the current maps.
create function caom2_ai.field_of(publisherID text) returns integer
language sql stable parallel safe
return (select f.fieldNode from caom2_ai_view.fingerprint f where f.publisherID = $1 and f.isCurrent = 1);

-- Identifiers of all images in the Map 2 node of an image, itself among them.
create function caom2_ai.field_members(publisherID text) returns setof text
language sql stable parallel safe
begin atomic
    select f.publisherID from caom2_ai_view.fingerprint f
    where f.isCurrent = 1 and f.fieldNode = (select caom2_ai.field_of($1));
end;
