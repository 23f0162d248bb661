-- name: Which exposures are trailed or out of focus?
-- Stars are round: where the median object of a science image is not, the telescope moved or was out of focus.
SELECT TOP 50 f.publisherID, f.elongation, f.fwhmPixel, f.nObjects, o.target_name
FROM caom2_ai.fingerprint AS f
JOIN caom2.Observation AS o ON o.obsID = f.obsID
WHERE f.intent = 'science' AND f.nObjects >= 20 AND f.elongation > 1.05
ORDER BY elongation DESC
