-- name: Which images share its place on the map of images?
-- group: The two maps
-- Map 2 sorts images into 144 nodes, 0 to 143, so that images of one node have similar content. Nodes side by side are alike too,
-- which the columns gridX and gridY of caom2_ai.node tell.
SELECT TOP 50 f.publisherID, f.fieldNode, f.nObjects, f.instrument_name
FROM caom2_ai.fingerprint AS f
WHERE caomai_same_field(f.publisherID, '{publisherID}') = 1
