-- name: Which data products cover a place?
-- ObsCore describes the data products of every archive alike; access_url leads to the files and to similar images.
SELECT TOP 100 obs_publisher_did, target_name, instrument_name, t_min, t_exptime, access_url
FROM ivoa.ObsCore
WHERE 1 = CONTAINS(POINT('ICRS', {ra}, {dec}), s_region)
