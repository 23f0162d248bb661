-- name: Which images hold objects of two kinds at once?
-- group: Images by what is in them
-- Map 1 sorts objects into 400 nodes, 0 to 399, by what they look like; caomai_has takes a list of nodes and asks for objects in
-- all of them. An index answers it.
SELECT TOP 50 f.publisherID, f.nObjects, f.instrument_name
FROM caom2_ai.fingerprint AS f
WHERE 1 = caomai_has(f.fingerprint, '{node},{node2}')
