-- name: Which images lie near a place, and what is in them?
-- group: The archive
-- Images whose centre is within one degree, with their quality. Outlines are in caom2.Plane and ivoa.ObsCore, which know also images
-- that were not described yet.
SELECT TOP 100 f.publisherID, f.ra, f.dec, f.nObjects, f.fwhm, f.noise, f.timeMid
FROM caom2_ai.fingerprint AS f
WHERE 1 = CONTAINS(POINT('ICRS', f.ra, f.dec), CIRCLE('ICRS', {ra}, {dec}, 1))
