-- name: Which images hold objects of two kinds at once?
-- caomai_has takes a list of nodes and asks for objects in all of them. An index answers it.
SELECT TOP 50 f.publisherID, f.nObjects, f.instrument_name
FROM caom2_ai.fingerprint AS f
WHERE 1 = caomai_has(f.fingerprint, '{node},{node2}')
