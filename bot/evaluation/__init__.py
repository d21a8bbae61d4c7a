"""Offline evaluation: gold sets, measures, calibration, report, comparison and gate. Nothing here is needed to answer."""
