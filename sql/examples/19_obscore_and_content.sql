-- name: Which images of a place hold many objects, and where do I get them?
-- group: The archive
-- ObsCore describes the data products of every archive alike, so this query works elsewhere but for the join. The column access_url
-- leads to the files and to similar images.
SELECT TOP 50 i.obs_publisher_did, i.target_name, i.instrument_name, i.t_exptime, f.nObjects, f.fwhm, i.access_url
FROM ivoa.ObsCore AS i
JOIN caom2_ai.fingerprint AS f ON f.publisherID = i.obs_publisher_did
WHERE 1 = CONTAINS(POINT('ICRS', {ra}, {dec}), i.s_region) AND f.nObjects >= 10
ORDER BY nObjects DESC
