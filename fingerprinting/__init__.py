"""From pixels to fingerprints: read, detect, cut out, embed, count, and the training of the maps."""

import os

# Else onnxruntime (1.32) collects usage data for its maker, and leaves a file in the temporary folder.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
