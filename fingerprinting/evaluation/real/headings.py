"""What the figures of this package are called in the table."""

from __future__ import annotations

from typing import Final

REAL_HEADINGS: Final = {
    "content_p10": "frames of fixed instruments: field retrieval P@10",
    "content_map": "the same, mAP",
    "beyond_metadata_p10": "without own instrument + filter + exposure bin: P@10",
    "beyond_metadata_map": "the same, mAP",
    "beyond_instrument_p10": "without own instrument: P@10",
    "beyond_instrument_map": "the same, mAP",
    "instrument_recognised": "own instrument among nearest of like content (chance is best)",
    "instrument_chance": "chance of that",
    "map2_information_bits": "bits that the field adds to instrument, filter and exposure bin",
    "map2_information_share": "the same, of the bits that there are",
    "real_usable_agreement": "real frames with defects: usable-or-not agreement, balanced",
    "real_clean_agreement": "real frames with defects: clean-or-not agreement, balanced",
    "real_defects_p10": "real frames with defects: retrieval of the defect P@10",
    "efigi_node_accuracy_balanced": "EFIGI, 4 shapes by node, balanced",
    "efigi_knn_accuracy_balanced": "EFIGI, 4 shapes by kNN-10, balanced",
    "efigi_auc": "EFIGI, mean area under ROC of the 6 pairs, by node",
    "efigi_lenticular_auc": "EFIGI, elliptical or lenticular: area under ROC, by node",
    "star_galaxy_node_accuracy_balanced": "star or galaxy by node, balanced",
    "star_galaxy_auc": "star or galaxy: area under ROC, by node",
    "real_content_p5": "real images by other instruments: content P@5",
    "real_content_chance": "chance of that",
}
