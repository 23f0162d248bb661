-- TAP_SCHEMA rows of the content tables: the columns of the views of caom2_ai_view. Idempotent.
delete from tap_schema.key_columns where key_id in (
    select key_id from tap_schema.keys where from_table like 'caom2\_ai.%' or target_table like 'caom2\_ai.%'
);
delete from tap_schema.keys where from_table like 'caom2\_ai.%' or target_table like 'caom2\_ai.%';
delete from tap_schema.columns where table_name like 'caom2\_ai.%';
delete from tap_schema.tables where schema_name = 'caom2_ai';
delete from tap_schema.schemas where schema_name = 'caom2_ai';

insert into tap_schema.schemas (schema_name, utype, description, schema_index) values
    ('caom2_ai', 'caom2_ai', 'The content of images: objects sorted into maps, fingerprints of images, what is similar', 1);

insert into tap_schema.tables (schema_name, table_name, table_type, utype, description, table_index) values
    ('caom2_ai', 'caom2_ai.fingerprint', 'view', 'caom2_ai:Fingerprint', 'Fingerprints of images: what is in them, as counts over the nodes of Map 1; one row per image and map', 1),
    ('caom2_ai', 'caom2_ai.part_fingerprint', 'view', 'caom2_ai:PartFingerprint', 'Fingerprints of single image extensions; that of an image is the sum of its parts', 2),
    ('caom2_ai', 'caom2_ai.object_node', 'view', 'caom2_ai:ObjectNode', 'Objects of the images, each in its node of Map 1', 3),
    ('caom2_ai', 'caom2_ai.field_node', 'view', 'caom2_ai:FieldNode', 'Nodes of Map 2: images in the same node have similar fingerprints', 4),
    ('caom2_ai', 'caom2_ai.map', 'view', 'caom2_ai:Map', 'Maps: the models by which objects (Map 1) and images (Map 2) are sorted', 5),
    ('caom2_ai', 'caom2_ai.node', 'view', 'caom2_ai:Node', 'Nodes of the maps, with what lies in them; counts are refreshed regularly', 6),
    ('caom2_ai', 'caom2_ai.label', 'view', 'caom2_ai:Label', 'What people call a node', 7),
    ('caom2_ai', 'caom2_ai.node_match', 'view', 'caom2_ai:NodeMatch', 'Nodes of two maps that hold the same objects', 8),
    ('caom2_ai', 'caom2_ai.distance_rank', 'view', 'caom2_ai:DistanceRank', 'How far random pairs of images lie apart; caomai_rank reads this', 9),
    ('caom2_ai', 'caom2_ai.object_vector', 'view', 'caom2_ai:ObjectVector', 'Objects that can be compared with each other: those of highest signal to noise of each image, with what they look like', 10);

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.fingerprint', 1, 'planeID', 'char', '36', 'caom2:uuid', null, 'meta.id', 'caom2:Plane.id', 1, 0, 0, 'identifier of the plane'),
    ('caom2_ai.fingerprint', 2, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'map by which the objects were sorted; the current one unless a query names another'),
    ('caom2_ai.fingerprint', 3, 'obsID', 'char', '36', 'caom2:uuid', null, 'meta.id;obs', 'caom2:Observation.id', 1, 0, 0, 'identifier of the observation'),
    ('caom2_ai.fingerprint', 4, 'publisherID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'caom2:Plane.publisherID', 1, 1, 0, 'identifier of the image, as published by the archive'),
    ('caom2_ai.fingerprint', 5, 'fingerprint', 'int', '400', null, null, 'meta.number;src.class', 'caom2_ai:Fingerprint.fingerprint', 1, 0, 0, 'objects in each node of Map 1: element n+1 counts node n'),
    ('caom2_ai.fingerprint', 6, 'vector', 'float', '400', null, null, 'stat.param', 'caom2_ai:Fingerprint.vector', 1, 0, 0, 'search vector: compare two with caomai_distance'),
    ('caom2_ai.fingerprint', 7, 'nObjects', 'int', null, null, null, 'meta.number;src', 'caom2_ai:Fingerprint.nObjects', 0, 1, 0, 'objects that were described: the sum of the fingerprint'),
    ('caom2_ai.fingerprint', 8, 'nDetected', 'int', null, null, null, 'meta.number;src', 'caom2_ai:Fingerprint.nDetected', 0, 1, 0, 'objects that were detected'),
    ('caom2_ai.fingerprint', 9, 'sampledFraction', 'float', null, null, null, 'meta.number;arith.ratio', 'caom2_ai:Fingerprint.sampledFraction', 0, 0, 0, 'fraction of the detected objects that were described'),
    ('caom2_ai.fingerprint', 10, 'fieldNode', 'short', null, null, null, 'meta.code.class;obs.image', 'caom2_ai:Fingerprint.fieldNode', 1, 1, 0, 'node of Map 2, 0 to 143, that images with similar fingerprints share'),
    ('caom2_ai.fingerprint', 11, 'background', 'float', null, null, null, 'instr.background', 'caom2_ai:Fingerprint.background', 0, 0, 0, 'sky background, in the unit of the pixels'),
    ('caom2_ai.fingerprint', 12, 'noise', 'float', null, null, null, 'stat.stdev;instr.background', 'caom2_ai:Fingerprint.noise', 0, 0, 0, 'standard deviation of the sky, in the unit of the pixels'),
    ('caom2_ai.fingerprint', 13, 'fwhm', 'float', null, null, 'arcsec', 'phys.angSize;instr.det.psf', 'caom2_ai:Fingerprint.fwhm', 0, 1, 0, 'median width of point-like objects at half maximum'),
    ('caom2_ai.fingerprint', 14, 'fwhmPixel', 'float', null, null, 'pixel', 'phys.angSize;instr.det.psf', 'caom2_ai:Fingerprint.fwhmPixel', 0, 0, 0, 'the same in pixels'),
    ('caom2_ai.fingerprint', 15, 'elongation', 'float', null, null, null, 'phys.size.axisRatio;src', 'caom2_ai:Fingerprint.elongation', 0, 1, 0, 'median ratio of the axes of the objects: 1 is round, more is trailed or out of focus'),
    ('caom2_ai.fingerprint', 16, 'saturatedFraction', 'float', null, null, null, 'meta.code.qual;instr.saturation', 'caom2_ai:Fingerprint.saturatedFraction', 0, 0, 0, 'fraction of saturated pixels'),
    ('caom2_ai.fingerprint', 17, 'maskedFraction', 'float', null, null, null, 'meta.code.qual', 'caom2_ai:Fingerprint.maskedFraction', 0, 0, 0, 'fraction of pixels that were not used'),
    ('caom2_ai.fingerprint', 18, 'oddness', 'float', null, null, null, 'stat.rank', 'caom2_ai:Fingerprint.oddness', 0, 1, 0, 'percentage of the public images of the same collection, instrument and intent that are less unlike the others in content, quality and their oddest object: 98 and more is worth a look; null among fewer than 20'),
    ('caom2_ai.fingerprint', 19, 'collection', 'char', '*', null, null, 'meta.id', 'caom2:Observation.collection', 0, 1, 0, 'collection of data'),
    ('caom2_ai.fingerprint', 20, 'instrument_name', 'char', '*', null, null, 'meta.id;instr', 'caom2:Observation.instrument.name', 0, 1, 0, 'name of the instrument'),
    ('caom2_ai.fingerprint', 21, 'bandpassName', 'unicodeChar', '*', null, null, 'instr.bandpass', 'caom2:Plane.energy.bandpassName', 0, 1, 0, 'name of the filter'),
    ('caom2_ai.fingerprint', 22, 'intent', 'char', '*', null, null, 'meta.code.class', 'caom2:Observation.intent', 0, 1, 0, 'science or calibration'),
    ('caom2_ai.fingerprint', 23, 'metaRelease', 'char', '23*', 'timestamp', null, 'time.release', 'caom2:Plane.metaRelease', 0, 0, 0, 'when the metadata became public (UTC)'),
    ('caom2_ai.fingerprint', 24, 'dataRelease', 'char', '23*', 'timestamp', null, 'time.release', 'caom2:Plane.dataRelease', 0, 0, 0, 'when the data of the plane become public (UTC)'),
    ('caom2_ai.fingerprint', 25, 'contentRelease', 'char', '23*', 'timestamp', null, 'time.release;meta.file', 'caom2:Artifact.contentRelease', 0, 0, 0, 'when the file becomes public, if not with its plane (UTC)'),
    ('caom2_ai.fingerprint', 26, 'ra', 'double', null, null, 'deg', 'pos.eq.ra;meta.main', 'caom2_ai:Fingerprint.ra', 1, 1, 0, 'right ascension of the centre (ICRS)'),
    ('caom2_ai.fingerprint', 27, 'dec', 'double', null, null, 'deg', 'pos.eq.dec;meta.main', 'caom2_ai:Fingerprint.dec', 1, 1, 0, 'declination of the centre (ICRS)'),
    ('caom2_ai.fingerprint', 28, 'healpix', 'long', null, null, null, 'pos.healpix', 'caom2_ai:Fingerprint.healpix', 1, 0, 0, 'HEALPix number of the centre, order 29, nested'),
    ('caom2_ai.fingerprint', 29, 'timeMid', 'double', null, null, 'd', 'time.epoch;obs.exposure', 'caom2_ai:Fingerprint.timeMid', 0, 0, 0, 'middle of the exposure (MJD)'),
    ('caom2_ai.fingerprint', 30, 'isCurrent', 'int', null, null, null, 'meta.code', 'caom2_ai:Fingerprint.isCurrent', 0, 0, 0, '1 if the row belongs to the current map');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.part_fingerprint', 1, 'planeID', 'char', '36', 'caom2:uuid', null, 'meta.id', 'caom2:Plane.id', 1, 0, 0, 'identifier of the plane'),
    ('caom2_ai.part_fingerprint', 2, 'publisherID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'caom2:Plane.publisherID', 1, 1, 0, 'identifier of the image, as published by the archive'),
    ('caom2_ai.part_fingerprint', 3, 'artifactURI', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.file', 'caom2:Artifact.uri', 1, 1, 0, 'identifier of the file'),
    ('caom2_ai.part_fingerprint', 4, 'part', 'char', '*', null, null, 'meta.id;meta.file', 'caom2:Part.name', 0, 1, 0, 'number of the extension, 0 for the primary one; slices as 1[2]'),
    ('caom2_ai.part_fingerprint', 5, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'map by which the objects were sorted; the current one unless a query names another'),
    ('caom2_ai.part_fingerprint', 6, 'contentChecksum', 'char', '*', 'caom2:uri', null, 'meta.checksum;meta.file', 'caom2:Artifact.contentChecksum', 0, 0, 0, 'checksum of the file that was read'),
    ('caom2_ai.part_fingerprint', 7, 'fingerprint', 'int', '400', null, null, 'meta.number;src.class', 'caom2_ai:PartFingerprint.fingerprint', 0, 0, 0, 'objects in each node of Map 1: element n+1 counts node n'),
    ('caom2_ai.part_fingerprint', 8, 'nObjects', 'int', null, null, null, 'meta.number;src', 'caom2_ai:PartFingerprint.nObjects', 0, 1, 0, 'objects that were described: the sum of the fingerprint'),
    ('caom2_ai.part_fingerprint', 9, 'nDetected', 'int', null, null, null, 'meta.number;src', 'caom2_ai:PartFingerprint.nDetected', 0, 1, 0, 'objects that were detected'),
    ('caom2_ai.part_fingerprint', 10, 'sampledFraction', 'float', null, null, null, 'meta.number;arith.ratio', 'caom2_ai:PartFingerprint.sampledFraction', 0, 0, 0, 'fraction of the detected objects that were described'),
    ('caom2_ai.part_fingerprint', 11, 'background', 'float', null, null, null, 'instr.background', 'caom2_ai:PartFingerprint.background', 0, 0, 0, 'sky background, in the unit of the pixels'),
    ('caom2_ai.part_fingerprint', 12, 'noise', 'float', null, null, null, 'stat.stdev;instr.background', 'caom2_ai:PartFingerprint.noise', 0, 0, 0, 'standard deviation of the sky, in the unit of the pixels'),
    ('caom2_ai.part_fingerprint', 13, 'fwhm', 'float', null, null, 'arcsec', 'phys.angSize;instr.det.psf', 'caom2_ai:PartFingerprint.fwhm', 0, 1, 0, 'median width of point-like objects at half maximum'),
    ('caom2_ai.part_fingerprint', 14, 'fwhmPixel', 'float', null, null, 'pixel', 'phys.angSize;instr.det.psf', 'caom2_ai:PartFingerprint.fwhmPixel', 0, 0, 0, 'the same in pixels'),
    ('caom2_ai.part_fingerprint', 15, 'elongation', 'float', null, null, null, 'phys.size.axisRatio;src', 'caom2_ai:PartFingerprint.elongation', 0, 1, 0, 'median ratio of the axes of the objects: 1 is round, more is trailed or out of focus'),
    ('caom2_ai.part_fingerprint', 16, 'saturatedFraction', 'float', null, null, null, 'meta.code.qual;instr.saturation', 'caom2_ai:PartFingerprint.saturatedFraction', 0, 0, 0, 'fraction of saturated pixels'),
    ('caom2_ai.part_fingerprint', 17, 'maskedFraction', 'float', null, null, null, 'meta.code.qual', 'caom2_ai:PartFingerprint.maskedFraction', 0, 0, 0, 'fraction of pixels that were not used'),
    ('caom2_ai.part_fingerprint', 18, 'objectOddness', 'float', null, null, null, 'stat.param;stat.max', 'caom2_ai:PartFingerprint.objectOddness', 0, 0, 0, 'oddness of the oddest object'),
    ('caom2_ai.part_fingerprint', 19, 'naxis1', 'int', null, null, 'pixel', 'meta.number', 'caom2_ai:PartFingerprint.naxis1', 0, 0, 0, 'pixels along the first axis'),
    ('caom2_ai.part_fingerprint', 20, 'naxis2', 'int', null, null, 'pixel', 'meta.number', 'caom2_ai:PartFingerprint.naxis2', 0, 0, 0, 'pixels along the second axis');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.object_node', 1, 'publisherID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'caom2:Plane.publisherID', 1, 1, 0, 'identifier of the image, as published by the archive'),
    ('caom2_ai.object_node', 2, 'artifactURI', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.file', 'caom2:Artifact.uri', 0, 1, 0, 'identifier of the file'),
    ('caom2_ai.object_node', 3, 'part', 'char', '*', null, null, 'meta.id;meta.file', 'caom2:Part.name', 0, 1, 0, 'number of the extension, 0 for the primary one; slices as 1[2]'),
    ('caom2_ai.object_node', 4, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'map by which the objects were sorted; the current one unless a query names another'),
    ('caom2_ai.object_node', 5, 'node', 'short', null, null, null, 'src.class', 'caom2_ai:ObjectNode.node', 1, 1, 0, 'node of Map 1, 0 to 399: gridX + 20 gridY'),
    ('caom2_ai.object_node', 6, 'confidence', 'float', null, null, null, 'stat.confidenceLevel;src.class', 'caom2_ai:ObjectNode.confidence', 0, 1, 0, 'probability of the node among all nodes'),
    ('caom2_ai.object_node', 7, 'oddness', 'float', null, null, null, 'stat.param;src.class', 'caom2_ai:ObjectNode.oddness', 0, 1, 0, 'share of the objects that the model has learnt from that are less odd: near the centre of a frequent node, without arcs of light around them'),
    ('caom2_ai.object_node', 8, 'x', 'float', null, null, 'pixel', 'pos.cartesian.x;instr.det', 'caom2_ai:ObjectNode.x', 0, 1, 0, 'column of the centre, FITS convention: the first pixel is 1'),
    ('caom2_ai.object_node', 9, 'y', 'float', null, null, 'pixel', 'pos.cartesian.y;instr.det', 'caom2_ai:ObjectNode.y', 0, 1, 0, 'row of the centre, FITS convention: the first pixel is 1'),
    ('caom2_ai.object_node', 10, 'ra', 'double', null, null, 'deg', 'pos.eq.ra;meta.main', 'caom2_ai:ObjectNode.ra', 1, 1, 0, 'right ascension (ICRS)'),
    ('caom2_ai.object_node', 11, 'dec', 'double', null, null, 'deg', 'pos.eq.dec;meta.main', 'caom2_ai:ObjectNode.dec', 1, 1, 0, 'declination (ICRS)'),
    ('caom2_ai.object_node', 12, 'a', 'float', null, null, 'pixel', 'phys.size.smajAxis;src', 'caom2_ai:ObjectNode.a', 0, 0, 0, 'semi-major axis (standard deviation of the profile)'),
    ('caom2_ai.object_node', 13, 'b', 'float', null, null, 'pixel', 'phys.size.sminAxis;src', 'caom2_ai:ObjectNode.b', 0, 0, 0, 'semi-minor axis (standard deviation of the profile)'),
    ('caom2_ai.object_node', 14, 'theta', 'float', null, null, 'deg', 'pos.posAng;instr.det', 'caom2_ai:ObjectNode.theta', 0, 0, 0, 'angle from the x axis to the major axis, towards the y axis'),
    ('caom2_ai.object_node', 15, 'flux', 'float', null, null, null, 'phot.count;src', 'caom2_ai:ObjectNode.flux', 0, 1, 0, 'flux above the sky, in the unit of the pixels'),
    ('caom2_ai.object_node', 16, 'snr', 'float', null, null, null, 'stat.snr;src', 'caom2_ai:ObjectNode.snr', 0, 1, 0, 'ratio of signal to noise'),
    ('caom2_ai.object_node', 17, 'flags', 'short', null, null, null, 'meta.code.qual;src', 'caom2_ai:ObjectNode.flags', 0, 0, 0, 'flags of the extraction (SEP): 1 blended, 2 truncated, ...'),
    ('caom2_ai.object_node', 18, 'objectID', 'long', null, null, null, 'meta.id;src', 'caom2_ai:ObjectNode.objectID', 0, 0, 0, 'number of the object, until its image is described anew; the same in object_vector');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.field_node', 1, 'planeID', 'char', '36', 'caom2:uuid', null, 'meta.id', 'caom2:Plane.id', 1, 0, 0, 'identifier of the plane'),
    ('caom2_ai.field_node', 2, 'publisherID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'caom2:Plane.publisherID', 1, 1, 0, 'identifier of the image, as published by the archive'),
    ('caom2_ai.field_node', 3, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'map of fields (Map 2)'),
    ('caom2_ai.field_node', 4, 'node', 'short', null, null, null, 'meta.code.class;obs.image', 'caom2_ai:FieldNode.node', 1, 1, 0, 'node of Map 2, 0 to 143: gridX + 12 gridY');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.map', 1, 'mapID', 'int', null, null, null, 'meta.id;meta.main', 'caom2_ai:Map.mapID', 1, 1, 0, 'number of the map'),
    ('caom2_ai.map', 2, 'kind', 'char', '*', null, null, 'meta.code.class', 'caom2_ai:Map.kind', 0, 1, 0, 'object (Map 1) or field (Map 2)'),
    ('caom2_ai.map', 3, 'objectMapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 0, 1, 0, 'for a map of fields: the map of objects whose fingerprints it sorts'),
    ('caom2_ai.map', 4, 'gridWidth', 'int', null, null, null, 'meta.number', 'caom2_ai:Map.gridWidth', 0, 1, 0, 'nodes along x'),
    ('caom2_ai.map', 5, 'gridHeight', 'int', null, null, null, 'meta.number', 'caom2_ai:Map.gridHeight', 0, 1, 0, 'nodes along y'),
    ('caom2_ai.map', 6, 'modelHash', 'char', '*', null, null, 'meta.checksum;meta.modelled', 'caom2_ai:Map.modelHash', 0, 1, 0, 'SHA-256 of the model'),
    ('caom2_ai.map', 7, 'parameters', 'unicodeChar', '*', null, null, 'meta.note', 'caom2_ai:Map.parameters', 0, 0, 0, 'parameters of the model as JSON'),
    ('caom2_ai.map', 8, 'created', 'char', '23*', 'timestamp', null, 'time.creation', 'caom2_ai:Map.created', 0, 1, 0, 'when the map was made (UTC)'),
    ('caom2_ai.map', 9, 'isCurrent', 'int', null, null, null, 'meta.code', 'caom2_ai:Map.isCurrent', 0, 1, 0, '1 for the map that queries see unless they name another');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.node', 1, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'number of the map'),
    ('caom2_ai.node', 2, 'node', 'short', null, null, null, 'src.class', 'caom2_ai:Node.node', 1, 1, 0, 'node: gridX + width gridY'),
    ('caom2_ai.node', 3, 'gridX', 'short', null, null, null, 'pos.cartesian.x', 'caom2_ai:Node.gridX', 0, 1, 0, 'column of the node in the grid, from 0'),
    ('caom2_ai.node', 4, 'gridY', 'short', null, null, null, 'pos.cartesian.y', 'caom2_ai:Node.gridY', 0, 1, 0, 'row of the node in the grid, from 0, upward'),
    ('caom2_ai.node', 5, 'nObjects', 'long', null, null, null, 'meta.number;src', 'caom2_ai:Node.nObjects', 0, 1, 0, 'objects in the node'),
    ('caom2_ai.node', 6, 'nImages', 'long', null, null, null, 'meta.number;obs.image', 'caom2_ai:Node.nImages', 0, 1, 0, 'images with objects in the node'),
    ('caom2_ai.node', 7, 'previewURL', 'char', '*', 'caom2:uri', null, 'meta.ref.url;meta.preview', 'caom2_ai:Node.previewURL', 0, 0, 0, 'picture of typical objects');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.label', 1, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'number of the map'),
    ('caom2_ai.label', 2, 'node', 'short', null, null, null, 'src.class', 'caom2_ai:Label.node', 1, 1, 0, 'node of the map'),
    ('caom2_ai.label', 3, 'label', 'unicodeChar', '*', null, null, 'meta.note;src.class', 'caom2_ai:Label.label', 0, 1, 0, 'the name, such as satellite trail'),
    ('caom2_ai.label', 4, 'author', 'unicodeChar', '*', null, null, 'meta.id;meta.curation', 'caom2_ai:Label.author', 0, 1, 0, 'who gave it'),
    ('caom2_ai.label', 5, 'created', 'char', '23*', 'timestamp', null, 'time.creation', 'caom2_ai:Label.created', 0, 1, 0, 'when it was given (UTC)'),
    ('caom2_ai.label', 6, 'labelPrecision', 'float', null, null, null, 'stat.fit.goodness', 'caom2_ai:Label.labelPrecision', 0, 1, 0, 'fraction of labelled objects in the node that deserve the name; of a label that was carried over what is certain of it'),
    ('caom2_ai.label', 7, 'origin', 'char', '*', null, null, 'meta.code.class', 'caom2_ai:Label.origin', 0, 1, 0, 'person, or suggested by a set of labelled objects'),
    ('caom2_ai.label', 8, 'precisionLow', 'float', null, null, null, 'stat.fit.goodness;stat.min', 'caom2_ai:Label.precisionLow', 0, 0, 0, 'lower end of the 95 % interval of labelPrecision'),
    ('caom2_ai.label', 9, 'precisionHigh', 'float', null, null, null, 'stat.fit.goodness;stat.max', 'caom2_ai:Label.precisionHigh', 0, 0, 0, 'upper end of the 95 % interval of labelPrecision'),
    ('caom2_ai.label', 10, 'lift', 'float', null, null, null, 'meta.number;arith.ratio', 'caom2_ai:Label.lift', 0, 0, 0, 'labelPrecision over the share that such objects have in the whole set'),
    ('caom2_ai.label', 11, 'nSeen', 'int', null, null, null, 'meta.number;src', 'caom2_ai:Label.nSeen', 0, 0, 0, 'objects of the set in the node'),
    ('caom2_ai.label', 12, 'labelledSet', 'unicodeChar', '*', null, null, 'meta.dataset', 'caom2_ai:Label.labelledSet', 0, 0, 0, 'the labelled objects that it was measured on'),
    ('caom2_ai.label', 13, 'modelHash', 'char', '*', null, null, 'meta.checksum;meta.modelled', 'caom2_ai:Label.modelHash', 0, 0, 0, 'SHA-256 of the model that sorted the set into nodes'),
    ('caom2_ai.label', 14, 'carriedFrom', 'int', null, null, null, 'meta.id', 'caom2_ai:Label.carriedFrom', 0, 0, 0, 'map from which the label was carried over; empty where it was given on this one'),
    ('caom2_ai.label', 15, 'carriedOverlap', 'float', null, null, null, 'stat.param', 'caom2_ai:Label.carriedOverlap', 0, 0, 0, 'fraction of the objects of the node that lie in nodes with the label on that map'),
    ('caom2_ai.label', 16, 'checkedPrecision', 'float', null, null, null, 'stat.fit.goodness', 'caom2_ai:Label.checkedPrecision', 0, 1, 0, 'fraction of random members of the node that deserve the name, as somebody found who looked at them'),
    ('caom2_ai.label', 17, 'checkedLow', 'float', null, null, null, 'stat.fit.goodness;stat.min', 'caom2_ai:Label.checkedLow', 0, 0, 0, 'lower end of the 95 % interval of checkedPrecision (Wilson)'),
    ('caom2_ai.label', 18, 'checkedHigh', 'float', null, null, null, 'stat.fit.goodness;stat.max', 'caom2_ai:Label.checkedHigh', 0, 0, 0, 'upper end of the 95 % interval of checkedPrecision (Wilson)'),
    ('caom2_ai.label', 19, 'nChecked', 'int', null, null, null, 'meta.number;src', 'caom2_ai:Label.nChecked', 0, 0, 0, 'members that were looked at'),
    ('caom2_ai.label', 20, 'nCheckedNodes', 'int', null, null, null, 'meta.number', 'caom2_ai:Label.nCheckedNodes', 0, 0, 0, 'nodes with the label from which they were drawn, all together'),
    ('caom2_ai.label', 21, 'checkedBy', 'unicodeChar', '*', null, null, 'meta.id;meta.curation', 'caom2_ai:Label.checkedBy', 0, 0, 0, 'who looked at them'),
    ('caom2_ai.label', 22, 'checkedTime', 'char', '23*', 'timestamp', null, 'time.processing', 'caom2_ai:Label.checkedTime', 0, 0, 0, 'when they were looked at (UTC)');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.node_match', 1, 'mapID1', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'number of the first map'),
    ('caom2_ai.node_match', 2, 'node1', 'short', null, null, null, 'src.class', 'caom2_ai:NodeMatch.node1', 1, 1, 0, 'node of the first map'),
    ('caom2_ai.node_match', 3, 'mapID2', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 0, 1, 0, 'number of the second map'),
    ('caom2_ai.node_match', 4, 'node2', 'short', null, null, null, 'src.class', 'caom2_ai:NodeMatch.node2', 0, 1, 0, 'node of the second map'),
    ('caom2_ai.node_match', 5, 'overlap', 'float', null, null, null, 'stat.param', 'caom2_ai:NodeMatch.overlap', 0, 1, 0, 'fraction of the objects of node1 that lie in node2');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.distance_rank', 1, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 1, 0, 'number of the map'),
    ('caom2_ai.distance_rank', 2, 'rank', 'double', null, null, null, 'stat.rank', 'caom2_ai:DistanceRank.rank', 1, 1, 0, 'percentage of random pairs that are nearer'),
    ('caom2_ai.distance_rank', 3, 'dist', 'double', null, null, null, 'stat.param', 'caom2_ai:DistanceRank.dist', 0, 1, 0, 'distance of two search vectors');

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, xtype, unit, ucd, utype, indexed, principal, std, description
) values
    ('caom2_ai.object_vector', 1, 'objectID', 'long', null, null, null, 'meta.id;src;meta.main', 'caom2_ai:ObjectVector.objectID', 1, 1, 0, 'number of the object, until its image is described anew; the same in object_node'),
    ('caom2_ai.object_vector', 2, 'publisherID', 'char', '*', 'caom2:uri', null, 'meta.ref.ivoid', 'caom2:Plane.publisherID', 1, 1, 0, 'identifier of the image, as published by the archive'),
    ('caom2_ai.object_vector', 3, 'artifactURI', 'char', '*', 'caom2:uri', null, 'meta.ref.uri;meta.file', 'caom2:Artifact.uri', 0, 0, 0, 'identifier of the file'),
    ('caom2_ai.object_vector', 4, 'part', 'char', '*', null, null, 'meta.id;meta.file', 'caom2:Part.name', 0, 1, 0, 'number of the extension, 0 for the primary one; slices as 1[2]'),
    ('caom2_ai.object_vector', 5, 'mapID', 'int', null, null, null, 'meta.id', 'caom2_ai:Map.mapID', 1, 0, 0, 'map whose model made the vectors; the current one unless a query names another'),
    ('caom2_ai.object_vector', 6, 'node', 'short', null, null, null, 'src.class', 'caom2_ai:ObjectNode.node', 1, 1, 0, 'node of Map 1, 0 to 399: gridX + 20 gridY'),
    ('caom2_ai.object_vector', 7, 'x', 'float', null, null, 'pixel', 'pos.cartesian.x;instr.det', 'caom2_ai:ObjectNode.x', 0, 1, 0, 'column of the centre, FITS convention: the first pixel is 1'),
    ('caom2_ai.object_vector', 8, 'y', 'float', null, null, 'pixel', 'pos.cartesian.y;instr.det', 'caom2_ai:ObjectNode.y', 0, 1, 0, 'row of the centre, FITS convention: the first pixel is 1'),
    ('caom2_ai.object_vector', 9, 'ra', 'double', null, null, 'deg', 'pos.eq.ra;meta.main', 'caom2_ai:ObjectNode.ra', 1, 1, 0, 'right ascension (ICRS)'),
    ('caom2_ai.object_vector', 10, 'dec', 'double', null, null, 'deg', 'pos.eq.dec;meta.main', 'caom2_ai:ObjectNode.dec', 1, 1, 0, 'declination (ICRS)'),
    ('caom2_ai.object_vector', 11, 'snr', 'float', null, null, null, 'stat.snr;src', 'caom2_ai:ObjectNode.snr', 0, 1, 0, 'ratio of signal to noise'),
    ('caom2_ai.object_vector', 12, 'vector', 'float', '64', null, null, 'stat.param', 'caom2_ai:ObjectVector.vector', 1, 0, 0, 'what the object looks like, whichever way it is turned: an argument of caomai_object_distance'),
    ('caom2_ai.object_vector', 13, 'collection', 'char', '64*', null, null, 'meta.id', 'caom2:Observation.collection', 0, 1, 0, 'collection of data to which the image belongs'),
    ('caom2_ai.object_vector', 14, 'instrument_name', 'char', '64*', null, null, 'meta.id;instr', 'caom2:Observation.instrument.name', 0, 1, 0, 'name of the instrument'),
    ('caom2_ai.object_vector', 15, 'planeID', 'char', '36', 'caom2:uuid', null, 'meta.id', 'caom2:Plane.id', 0, 0, 0, 'identifier of the plane'),
    ('caom2_ai.object_vector', 16, 'obsID', 'char', '36', 'caom2:uuid', null, 'meta.id;obs', 'caom2:Observation.id', 0, 0, 0, 'identifier of the observation');

-- An archive whose TAP_SCHEMA lacks its own tables gets no keys to them.
insert into tap_schema.keys (key_id, from_table, target_table, description)
select k.* from (values
    ('caom2_ai_fingerprint_plane', 'caom2_ai.fingerprint', 'caom2.Plane', 'the plane of a fingerprint'),
    ('caom2_ai_fingerprint_observation', 'caom2_ai.fingerprint', 'caom2.Observation', 'the observation of a fingerprint'),
    ('caom2_ai_fingerprint_map', 'caom2_ai.fingerprint', 'caom2_ai.map', 'the map of a fingerprint'),
    ('caom2_ai_part_fingerprint_plane', 'caom2_ai.part_fingerprint', 'caom2.Plane', 'the plane of a part'),
    ('caom2_ai_part_fingerprint_artifact', 'caom2_ai.part_fingerprint', 'caom2.Artifact', 'the file of a part'),
    ('caom2_ai_part_fingerprint_fingerprint', 'caom2_ai.part_fingerprint', 'caom2_ai.fingerprint', 'the image of a part'),
    ('caom2_ai_part_fingerprint_map', 'caom2_ai.part_fingerprint', 'caom2_ai.map', 'the map of the fingerprint of a part'),
    ('caom2_ai_object_node_artifact', 'caom2_ai.object_node', 'caom2.Artifact', 'the file of an object'),
    ('caom2_ai_object_node_fingerprint', 'caom2_ai.object_node', 'caom2_ai.fingerprint', 'the image of an object'),
    ('caom2_ai_object_node_node', 'caom2_ai.object_node', 'caom2_ai.node', 'the node of an object'),
    ('caom2_ai_object_vector_object_node', 'caom2_ai.object_vector', 'caom2_ai.object_node', 'all that is measured of an object'),
    ('caom2_ai_object_vector_artifact', 'caom2_ai.object_vector', 'caom2.Artifact', 'the file of an object'),
    ('caom2_ai_object_vector_fingerprint', 'caom2_ai.object_vector', 'caom2_ai.fingerprint', 'the image of an object'),
    ('caom2_ai_object_vector_node', 'caom2_ai.object_vector', 'caom2_ai.node', 'the node of an object'),
    ('caom2_ai_field_node_node', 'caom2_ai.field_node', 'caom2_ai.node', 'the node of an image'),
    ('caom2_ai_field_node_plane', 'caom2_ai.field_node', 'caom2.Plane', 'the plane of an image'),
    ('caom2_ai_node_map', 'caom2_ai.node', 'caom2_ai.map', 'the map of a node'),
    ('caom2_ai_map_map', 'caom2_ai.map', 'caom2_ai.map', 'the map of objects under a map of images'),
    ('caom2_ai_label_node', 'caom2_ai.label', 'caom2_ai.node', 'the node that carries a label'),
    ('caom2_ai_node_match_node1', 'caom2_ai.node_match', 'caom2_ai.node', 'the node of the first map'),
    ('caom2_ai_node_match_node2', 'caom2_ai.node_match', 'caom2_ai.node', 'the node of the second map'),
    ('caom2_ai_distance_rank_map', 'caom2_ai.distance_rank', 'caom2_ai.map', 'the map of the distances')
) k(key_id, from_table, target_table, description)
where exists (select from tap_schema.tables t where t.table_name = k.target_table);

insert into tap_schema.key_columns (key_id, from_column, target_column)
select c.* from (values
    ('caom2_ai_fingerprint_plane', 'planeID', 'planeID'),
    ('caom2_ai_fingerprint_observation', 'obsID', 'obsID'),
    ('caom2_ai_fingerprint_map', 'mapID', 'mapID'),
    ('caom2_ai_part_fingerprint_plane', 'planeID', 'planeID'),
    ('caom2_ai_part_fingerprint_artifact', 'artifactURI', 'uri'),
    ('caom2_ai_part_fingerprint_fingerprint', 'mapID', 'mapID'),
    ('caom2_ai_part_fingerprint_fingerprint', 'planeID', 'planeID'),
    ('caom2_ai_part_fingerprint_map', 'mapID', 'mapID'),
    ('caom2_ai_object_node_artifact', 'artifactURI', 'uri'),
    ('caom2_ai_object_node_fingerprint', 'mapID', 'mapID'),
    ('caom2_ai_object_node_fingerprint', 'publisherID', 'publisherID'),
    ('caom2_ai_object_node_node', 'mapID', 'mapID'),
    ('caom2_ai_object_node_node', 'node', 'node'),
    ('caom2_ai_object_vector_object_node', 'objectID', 'objectID'),
    ('caom2_ai_object_vector_artifact', 'artifactURI', 'uri'),
    ('caom2_ai_object_vector_fingerprint', 'mapID', 'mapID'),
    ('caom2_ai_object_vector_fingerprint', 'planeID', 'planeID'),
    ('caom2_ai_object_vector_node', 'mapID', 'mapID'),
    ('caom2_ai_object_vector_node', 'node', 'node'),
    ('caom2_ai_field_node_node', 'mapID', 'mapID'),
    ('caom2_ai_field_node_node', 'node', 'node'),
    ('caom2_ai_field_node_plane', 'planeID', 'planeID'),
    ('caom2_ai_node_map', 'mapID', 'mapID'),
    ('caom2_ai_map_map', 'objectMapID', 'mapID'),
    ('caom2_ai_label_node', 'mapID', 'mapID'),
    ('caom2_ai_label_node', 'node', 'node'),
    ('caom2_ai_node_match_node1', 'mapID1', 'mapID'),
    ('caom2_ai_node_match_node1', 'node1', 'node'),
    ('caom2_ai_node_match_node2', 'mapID2', 'mapID'),
    ('caom2_ai_node_match_node2', 'node2', 'node'),
    ('caom2_ai_distance_rank_map', 'mapID', 'mapID')
) c(key_id, from_column, target_column)
where exists (select from tap_schema.keys k where k.key_id = c.key_id);

update tap_schema.columns set "size" = substring(arraysize from '^(\d+)\*?$')::integer where table_name like 'caom2\_ai.%';
