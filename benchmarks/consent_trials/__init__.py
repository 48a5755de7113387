"""What `benchmarks/consent.py` measures, one kind of trial to a module."""
