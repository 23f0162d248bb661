-- ADQL: caomai_has(fingerprint INTEGER[], nodes VARCHAR) -> INTEGER
-- 1 if the image has objects in all the nodes of a list such as '101,144', else 0.
-- note: Whatever else the text is, is an error. Objects in any of several nodes: join conditions by OR.
-- example: SELECT TOP 10 f.publisherID FROM caom2_ai.fingerprint AS f WHERE 1 = caomai_has(f.fingerprint, '{node},{node2}')
-- predicate: array_positions($1::boolean[], true) @> caom2_ai.node_positions($2)
-- boolean
-- ucd: meta.code
create function caom2_ai.caomai_has(fingerprint integer[], nodes text) returns integer
language sql immutable parallel safe
return (array_positions(fingerprint::boolean[], true) @> caom2_ai.node_positions(nodes))::integer;
