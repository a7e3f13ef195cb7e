"""People to try NUMENEON with, and the three calls behind /demo. Everything here is off when `DEMO_MODE` is."""
