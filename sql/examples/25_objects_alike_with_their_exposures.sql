-- name: With which instrument, of which target and through which filter were objects like this one seen?
-- group: Objects like this one
-- Objects join CAOM as images do: planeID leads to caom2.Plane and obsID to caom2.Observation. All that CAOM knows can be a column
-- or a condition.
SELECT TOP 20 o.objectID, o.publisherID, o.ra, o.dec, s.instrument_name, s.target_name, p.energy_bandpassName, p.time_exposure,
       caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist
FROM caom2_ai.object_vector AS o
JOIN caom2.Observation AS s ON s.obsID = o.obsID
JOIN caom2.Plane AS p ON p.planeID = o.planeID
WHERE s.intent = 'science' AND o.publisherID <> '{publisherID}'
ORDER BY dist
