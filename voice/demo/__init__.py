"""The web page: a third skin over the studio, for a browser. Only here is gradio imported."""
