"""Opens Melisma's web page: `python demo_app.py`, with the extra [demo] installed."""

from __future__ import annotations

from voice.demo.starting import quick_imports

if __name__ == "__main__":
    with quick_imports():
        from voice.demo.page import Serving, serve
    serve(Serving())
