-- name: Which sharp images of many objects are like this one?
-- Any condition may stand beside the distance; the answer is still complete and in order.
SELECT TOP 20 f.publisherID, f.instrument_name, f.bandpassName, f.nObjects, f.fwhm, f.elongation,
       caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist
FROM caom2_ai.fingerprint AS f
WHERE f.nObjects >= 10 AND f.elongation < 1.5 AND f.intent = 'science'
ORDER BY dist
