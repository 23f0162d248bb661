-- name: Which are the sharpest images of a kind of field?
-- group: The two maps
-- A node of Map 2 holds fields that look alike, such as crowded ones or galaxy clusters, from all cameras. The column fwhm is the
-- median width of point-like objects in arcseconds, null where the scale of its pixels is not known.
SELECT TOP 50 f.publisherID, f.fwhm, f.instrument_name, f.nObjects
FROM caom2_ai.fingerprint AS f
WHERE f.fieldNode = {fieldNode} AND f.fwhm > 0
ORDER BY fwhm
