"""The parts of record.py, one module per part of the recording."""
