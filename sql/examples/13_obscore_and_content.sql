-- name: Which images are crowded, and where do I get them?
-- What ObsCore says of an image, joined with what is in it.
SELECT TOP 50 i.obs_publisher_did, i.target_name, i.instrument_name, i.t_exptime, f.nObjects, f.fwhm, i.access_url
FROM ivoa.ObsCore AS i
JOIN caom2_ai.fingerprint AS f ON f.publisherID = i.obs_publisher_did
WHERE i.dataproduct_type = 'image' AND f.nObjects >= 50
ORDER BY nObjects DESC
