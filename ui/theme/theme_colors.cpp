// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_colors.h"

#include <algorithm>
#include <cmath>

namespace viva {

namespace {

ThemeColors makeLight() {
    ThemeColors c;
    c.dark = false;
    c.window = "#f5f6f8";
    c.surface = "#ffffff";
    c.sunken = "#eaecf1";
    c.hover = "#e1e4eb";
    c.border = "#d6dae2";
    c.text = "#1a1e26";
    c.textMuted = "#545d6c";
    c.accent = "#4a43d6";
    c.accentSoft = "#e3e2fb";
    c.onAccent = "#ffffff";
    c.infoBack = "#e6ecf8";
    c.warningBack = "#fdf1d8";
    c.warningText = "#6d4600";
    c.errorBack = "#fbe4dc";
    c.errorText = "#9a2f00";
    c.reward = "#0072b2";
    c.kl = "#e69f00";
    c.loss = "#cc79a7";
    c.offPolicy = "#56b4e9";
    c.up = "#009e73";
    c.down = "#d55e00";
    c.neutral = "#5d6675";
    c.phases = {QColor("#4a43d6"), QColor("#8f8aea"), QColor("#c3c0f5"), QColor("#5d6675")};
    c.grid = "#e4e7ed";
    return c;
}

ThemeColors makeDark() {
    ThemeColors c;
    c.dark = true;
    c.window = "#14171c";
    c.surface = "#1c2027";
    c.sunken = "#101317";
    c.hover = "#2a303a";
    c.border = "#303743";
    c.text = "#e9ebef";
    c.textMuted = "#a4adbb";
    c.accent = "#a19bff";
    c.accentSoft = "#2b2a4d";
    c.onAccent = "#14132b";
    c.infoBack = "#1d2738";
    c.warningBack = "#362a12";
    c.warningText = "#f5cf83";
    c.errorBack = "#3d2018";
    c.errorText = "#ffb296";
    c.reward = "#3f9fdc";
    c.kl = "#e69f00";
    c.loss = "#cc79a7";
    c.offPolicy = "#7cc7f2";
    c.up = "#1fb78b";
    c.down = "#e5743a";
    c.neutral = "#9aa4b3";
    c.phases = {QColor("#a19bff"), QColor("#6a64c8"), QColor("#413d80"), QColor("#9aa4b3")};
    c.grid = "#2a3039";
    return c;
}

double channelLuminance(double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * channelLuminance(color.redF()) + 0.7152 * channelLuminance(color.greenF()) +
           0.0722 * channelLuminance(color.blueF());
}

} // namespace

const ThemeColors& lightColors() {
    static const ThemeColors colors = makeLight();
    return colors;
}

const ThemeColors& darkColors() {
    static const ThemeColors colors = makeDark();
    return colors;
}

const ThemeColors& colorsFor(const QPalette& palette) {
    const QColor window = palette.color(QPalette::Active, QPalette::Window);
    // A style sheet's transparent background leaves a window colour that says nothing.
    const bool dark = window.alpha() < 128
                          ? palette.color(QPalette::Active, QPalette::WindowText).lightnessF() > 0.5
                          : window.lightnessF() < 0.5;
    return dark ? darkColors() : lightColors();
}

QPalette paletteOf(const ThemeColors& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.surface);
    palette.setColor(QPalette::AlternateBase, c.window);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.textMuted);
    palette.setColor(QPalette::Button, c.surface);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::ToolTipBase, c.surface);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.onAccent);
    palette.setColor(QPalette::Link, c.accent);
    palette.setColor(QPalette::LinkVisited, c.accent);
    palette.setColor(QPalette::Light, c.surface);
    palette.setColor(QPalette::Midlight, c.hover);
    palette.setColor(QPalette::Mid, c.border);
    palette.setColor(QPalette::Dark, c.border);
    palette.setColor(QPalette::Shadow, c.sunken);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        QColor faded = c.textMuted;
        faded.setAlphaF(0.6F);
        palette.setColor(QPalette::Disabled, role, faded);
    }
    return palette;
}

double contrastRatio(const QColor& first, const QColor& second) {
    const double one = luminance(first);
    const double two = luminance(second);
    return (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
}

std::vector<ColorPair> textPairs(const ThemeColors& c) {
    return {{"text on window", c.text, c.window},
            {"text on surface", c.text, c.surface},
            {"text on rail", c.text, c.sunken},
            {"text on hover", c.text, c.hover},
            {"text on chosen", c.text, c.accentSoft},
            {"muted on window", c.textMuted, c.window},
            {"muted on surface", c.textMuted, c.surface},
            {"muted on rail", c.textMuted, c.sunken},
            {"muted on hover", c.textMuted, c.hover},
            {"accent on window", c.accent, c.window},
            {"accent on surface", c.accent, c.surface},
            {"accent on chosen", c.accent, c.accentSoft},
            {"on accent", c.onAccent, c.accent},
            {"text on info", c.text, c.infoBack},
            {"warning", c.warningText, c.warningBack},
            {"warning on window", c.warningText, c.window},
            {"error", c.errorText, c.errorBack},
            {"error on window", c.errorText, c.window},
            {"error on surface", c.errorText, c.surface}};
}

} // namespace viva
