-- name: Which images of the last night are unlike the history of their camera?
-- group: Quality
-- The oddness of an image is a percentile among the images of its collection, instrument and intent: trails, dead halves, bad
-- focus and other fields are rare there. It is null where a camera has fewer than 20 images.
SELECT TOP 50 f.publisherID, f.instrument_name, f.timeMid, f.oddness, f.fwhmPixel, f.elongation, f.nDetected
FROM caom2_ai.fingerprint AS f
WHERE f.timeMid > {night} AND f.oddness >= 95
ORDER BY oddness DESC
