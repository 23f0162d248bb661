-- ADQL: caomai_same_field(publisherID1 VARCHAR, publisherID2 VARCHAR) -> INTEGER
-- 1 if both images lie in the same node of the current Map 2, else 0; NULL if one of them is unknown there.
-- note: One argument is the column publisherID, the other an image in quotes: then an index finds the members of its node.
-- example: SELECT TOP 10 f.publisherID, f.fieldNode FROM caom2_ai.fingerprint AS f WHERE caomai_same_field(f.publisherID, '{publisherID}') = 1
-- predicate: $1 in (select m from caom2_ai.field_members($2) m)
-- symmetric
-- boolean
-- ucd: meta.code
-- total
create function caom2_ai.caomai_same_field(publisherID1 text, publisherID2 text) returns integer
language sql stable parallel safe
return (caom2_ai.field_of(publisherID1) = caom2_ai.field_of(publisherID2))::integer;
