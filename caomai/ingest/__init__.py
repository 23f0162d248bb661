"""FITS files into rows of CAOM 2.4: headers are read, pixels are not."""
