-- name: Which images share its place on the map of images?
-- Map 2 sorts images by their fingerprints into 144 nodes; images in the same node have similar content.
SELECT TOP 50 f.publisherID, f.fieldNode, f.nObjects, f.instrument_name
FROM caom2_ai.fingerprint AS f
WHERE caomai_same_field(f.publisherID, '{publisherID}') = 1
