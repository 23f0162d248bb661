-- name: How sharp and how deep are the images of each instrument?
-- group: Quality
-- Means over all images with a fingerprint, in pixels, because not every image has a scale. The noise is in the counts of each
-- file, so compare it within one instrument only.
SELECT f.collection, f.instrument_name, COUNT(*) AS images, AVG(f.nObjects) AS objects,
       AVG(f.fwhmPixel) AS mean_fwhm, MIN(f.noise) AS least_noise
FROM caom2_ai.fingerprint AS f
GROUP BY f.collection, f.instrument_name
ORDER BY images DESC
