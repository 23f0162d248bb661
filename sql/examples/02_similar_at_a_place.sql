-- name: Which images near this place, in this filter, are most like this one?
-- group: Images like this one
-- Any conditions may stand beside the distance: here a circle of one degree, a collection and a filter. There are as many rows as
-- were asked for if so many images match, nearest first: where few match, all of them are compared.
SELECT TOP 20 f.publisherID, f.instrument_name, f.bandpassName, f.ra, f.dec,
       caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist
FROM caom2_ai.fingerprint AS f
WHERE f.collection = '{collection}' AND f.bandpassName = '{filter}'
  AND 1 = CONTAINS(POINT('ICRS', f.ra, f.dec), CIRCLE('ICRS', {ra}, {dec}, 1))
ORDER BY dist
