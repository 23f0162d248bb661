-- name: Which frames of the last month are trailed, out of focus or dead?
-- group: Quality
-- Stars are round: a large elongation means that the telescope moved, wide objects that it was out of focus, and no objects or many
-- masked pixels that the detector saw nothing. Times are MJD; the newest image here is 30 days younger than the limit.
SELECT TOP 200 f.publisherID, f.instrument_name, f.timeMid, f.elongation, f.fwhmPixel, f.nDetected, f.maskedFraction
FROM caom2_ai.fingerprint AS f
WHERE f.timeMid > {month} AND f.intent = 'science'
  AND (f.elongation > 1.5 OR f.fwhmPixel > 10 OR f.nDetected = 0 OR f.maskedFraction > 0.4)
ORDER BY timeMid DESC
