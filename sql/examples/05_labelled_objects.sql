-- name: Which images of a collection hold several objects with a label, and no satellite trail?
-- group: Images by what is in them
-- People give labels to nodes of Map 1, and caomai_label_count counts an image's objects in all nodes that carry one. How often a
-- label is right stands in caom2_ai.label, so look there before you trust it.
SELECT TOP 100 f.publisherID, f.instrument_name, f.nObjects, caomai_label_count(f.fingerprint, '{label}') AS n
FROM caom2_ai.fingerprint AS f
WHERE f.collection = '{collection}'
  AND caomai_label_count(f.fingerprint, '{label}') >= 5
  AND caomai_label_count(f.fingerprint, 'satellite trail') = 0
ORDER BY n DESC
