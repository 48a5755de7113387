"""Opens Melisma's web page: `python demo_app.py`, with the extra [demo] installed."""

from __future__ import annotations

from voice.demo.page import Serving, serve

if __name__ == "__main__":
    serve(Serving())
