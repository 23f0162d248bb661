"""Simulated science and calibration frames in plain numpy: for the demo, for training and for tests."""
