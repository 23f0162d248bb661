-- name: Which images are unlike the others of their camera?
-- The oddness of an image is a percentile among the images of its collection, instrument and intent: trails, dead halves, bad
-- focus, other fields. It is null where a camera has fewer than 20 images.
SELECT TOP 50 f.publisherID, f.collection, f.instrument_name, f.oddness, f.fwhmPixel, f.elongation, f.nDetected
FROM caom2_ai.fingerprint AS f
WHERE f.intent = 'science' AND f.oddness >= 98
ORDER BY oddness DESC
