-- name: Which images are most like this one?
-- group: Images like this one
-- The content alone decides which images come first: which kinds of objects an image holds, how many of each, and how it looks as a
-- whole. A distance of 0 is the same content and 1.4 is unrelated; put the publisherID of your own image into caomai_vector.
SELECT TOP 20 f.publisherID, f.collection, f.instrument_name, f.nObjects,
       caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist
FROM caom2_ai.fingerprint AS f
ORDER BY dist
