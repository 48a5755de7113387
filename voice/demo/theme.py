"""How the page looks: paper and ink by day, a dim room by night, one green, one red for the voice.

Fonts lie beside this module and travel inside the style sheet, so that nothing is asked of another
server.
"""

from __future__ import annotations

import base64
from pathlib import Path

import gradio as gr

ASSETS = Path(__file__).parent / "assets"
FACES = (
    ("Alegreya", "alegreya-latin-wght-normal.woff2", "400 800"),
    ("Alegreya Sans", "alegreya-sans-latin-400-normal.woff2", "400"),
    ("Alegreya Sans", "alegreya-sans-latin-500-normal.woff2", "500"),
    ("Alegreya Sans", "alegreya-sans-latin-700-normal.woff2", "700"),
)

LEAF = gr.themes.Color(
    "#eef5f2", "#d6e8e1", "#b0d3c7", "#84b9a9", "#559a88", "#2f7d6b", "#1f6656", "#195247",
    "#143f38", "#0f2f2a", "#081c19",
)  # fmt: skip
CLAY = gr.themes.Color(
    "#fbf1ec", "#f5dccf", "#ebb9a2", "#df9173", "#d06b49", "#b94f2e", "#993f24", "#78331f",
    "#5a281a", "#3f1d14", "#27110b",
)  # fmt: skip
PAPER = gr.themes.Color(
    "#fbf9f5", "#f4f0e8", "#e7e1d5", "#d3cbbb", "#a79e8d", "#736b5e", "#575046", "#423d36",
    "#2b2824", "#1d1b19", "#131211",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """Colours, spaces and letters of everything that gradio draws."""
    made = gr.themes.Base(
        primary_hue=LEAF,
        secondary_hue=CLAY,
        neutral_hue=PAPER,
        font=["Alegreya Sans", "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "DejaVu Sans Mono", "monospace"],
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_md,
        spacing_size=gr.themes.sizes.spacing_md,
    )
    return made.set(
        body_background_fill="*neutral_100",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="#b9b0a0",
        background_fill_primary="*neutral_50",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="#ffffff",
        background_fill_secondary_dark="#242220",
        block_background_fill="*neutral_50",
        block_background_fill_dark="*neutral_900",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_label_border_width_dark="0px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="#b9b0a0",
        block_label_text_weight="500",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_200",
        block_title_text_weight="500",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="#b9b0a0",
        border_color_primary="*neutral_300",
        border_color_primary_dark="#4a453d",
        input_background_fill="#ffffff",
        input_background_fill_dark="#242220",
        input_border_color="*neutral_300",
        input_border_color_dark="#4a453d",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="#a79e8d",
        input_border_width="1px",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_300",
        button_primary_background_fill_hover_dark="*primary_200",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="*primary_950",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="*neutral_200",
        button_secondary_background_fill_dark="#2b2824",
        button_secondary_background_fill_hover_dark="#3a3631",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="#4a453d",
        button_secondary_text_color="*neutral_800",
        button_secondary_text_color_dark="*neutral_100",
        button_border_width="1px",
        button_large_text_size="*text_md",
        button_large_text_weight="500",
        slider_color="*primary_600",
        slider_color_dark="*primary_300",
        color_accent="*primary_600",
        color_accent_soft="*primary_50",
        color_accent_soft_dark="*primary_900",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        checkbox_background_color="#ffffff",
        checkbox_background_color_dark="#242220",
        checkbox_background_color_selected="*primary_600",
        checkbox_background_color_selected_dark="*primary_500",
        checkbox_border_color="*neutral_400",
        checkbox_border_color_dark="#736b5e",
        error_background_fill="#fbf1ec",
        error_background_fill_dark="#3f1d14",
        error_text_color="#78331f",
        error_text_color_dark="#ebb9a2",
    )


def style() -> str:
    """The page's style sheet, fonts and components included."""
    parts = [_face(*face) for face in FACES]
    parts += [sheet.read_text("utf-8") for sheet in sorted(ASSETS.glob("*.css"))]
    return "\n".join(parts)


def script(name: str) -> str:
    """A component's program for the browser."""
    return (ASSETS / f"{name}.js").read_text("utf-8")


def _face(family: str, file: str, weight: str) -> str:
    data = base64.b64encode((ASSETS / "fonts" / file).read_bytes()).decode("ascii")
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
        f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
    )
