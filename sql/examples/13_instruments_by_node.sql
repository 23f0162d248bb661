-- name: Which instruments see which kinds of fields?
-- group: The two maps
-- GROUP BY works on nodes as on any column: here each instrument's images by their node of Map 2. A node that one instrument has for
-- itself may be a kind of field that only it sees, or an artefact of its detector.
SELECT f.instrument_name, f.fieldNode, COUNT(*) AS images, AVG(f.nObjects) AS objects
FROM caom2_ai.fingerprint AS f
WHERE f.fieldNode IS NOT NULL
GROUP BY f.instrument_name, f.fieldNode
ORDER BY images DESC
