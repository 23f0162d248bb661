-- name: Which images of other targets are like this one?
-- group: Images like this one
-- The images most like one another are often those of the same target, which is no news; NOT EXISTS leaves them out and keeps
-- images whose target nobody stated. The name of the target is in CAOM, which knows an image's observation by obsID.
SELECT TOP 20 f.publisherID, o.target_name, f.instrument_name,
       caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist
FROM caom2_ai.fingerprint AS f
JOIN caom2.Observation AS o ON o.obsID = f.obsID
WHERE f.publisherID <> '{publisherID}'
  AND NOT EXISTS (
      SELECT * FROM caom2.Plane AS p JOIN caom2.Observation AS s ON s.obsID = p.obsID
      WHERE p.publisherID = '{publisherID}' AND s.target_name = o.target_name)
ORDER BY dist
