// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include "ui/theme/type_scale.h"

#include <utility>

namespace viva {

namespace {

constexpr const char* kFrames = R"(
QToolTip { background: @surface; color: @text; border: 1px solid @border; padding: 8px; }
QMainWindow, QDialog { background: @window; }
QDialog[look="palette"] { background: @surface; border: 1px solid @scroll; }
QFrame[look="card"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QFrame[look="inset"] { background: @window; border: 1px solid @border; border-radius: 6px; }
QFrame[look="bar"] { background: @sunken; border: none; border-top: 1px solid @border; }
QFrame[look="rail"] { background: @sunken; border: none; border-right: 1px solid @border; }
QFrame[look="header"] { background: @window; border: none; border-bottom: 1px solid @border; }
QFrame[look="info"] { background: @infoBack; border: none; border-radius: 6px; }
QFrame[look="warning"] { background: @warningBack; border: none; border-radius: 6px; }
QFrame[look="error"] { background: @errorBack; border: none; border-radius: 6px; }
QFrame[look="info"] QLabel { color: @text; }
QFrame[look="warning"] QLabel { color: @warningText; }
QFrame[look="error"] QLabel { color: @errorText; }
QFrame[look="line"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QLabel { background: transparent; }
QLabel[look="muted"], QLabel[look="caption"] { color: @textMuted; }
QLabel[look="accent"] { color: @accent; }
QLabel[look="errorText"] { color: @errorText; }
QLabel[look="warningText"] { color: @warningText; }
QLabel[look="chip"] { color: @accent; background: @accentSoft; border-radius: 4px; padding: 1px 6px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @border; }
QScrollArea, QScrollArea > QWidget > QWidget[look="page"] { background: transparent; border: none; }
)";

constexpr const char* kButtons = R"(
QPushButton { background: @surface; color: @text; border: 1px solid @border; border-radius: 6px;
    padding: 5px 14px; min-height: 20px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @border; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @disabled; background: @window; border-color: @grid; }
QPushButton:checked { background: @accentSoft; border-color: @accent; color: @accent; }
QPushButton[look="primary"] { background: @accent; color: @onAccent; border: 1px solid @accent;
    font-weight: 600; }
QPushButton[look="primary"]:hover { background: @accentHover; border-color: @accentHover; }
QPushButton[look="primary"]:focus { border: 2px solid @text; padding: 4px 13px; }
QPushButton[look="primary"]:disabled { background: @hover; color: @disabled; border-color: @hover; }
QPushButton[look="quiet"] { background: transparent; border: 1px solid transparent; color: @accent; }
QPushButton[look="quiet"]:hover { background: @hover; }
QPushButton[look="quiet"]:focus { border-color: @accent; }
QPushButton[look="compact"] { padding: 2px 10px; }
QPushButton[look="segment"] { padding: 3px 12px; background: transparent; border-color: transparent;
    color: @textMuted; }
QPushButton[look="segment"]:hover { background: @hover; }
QPushButton[look="segment"]:checked { background: @accentSoft; color: @accent; font-weight: 600; }
QPushButton[look="segment"]:focus { border-color: @accent; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px;
    padding: 4px; color: @text; }
QToolButton:hover { background: @hover; }
QToolButton:pressed { background: @border; }
QToolButton:focus { border-color: @accent; }
QToolButton:checked { background: @accentSoft; color: @accent; }
QToolButton:disabled { color: @disabled; }
QToolButton::menu-indicator { image: none; }
QToolButton[look="rail"] { color: @textMuted; padding: 8px 0 6px 0; border-radius: 8px; }
QToolButton[look="rail"]:hover { color: @text; }
QToolButton[look="rail"]:checked { color: @accent; background: @accentSoft; font-weight: 600; }
QToolButton[look="fold"] { font-weight: 600; text-align: left; padding: 4px 4px; }
QToolButton[look="fold"]:checked { background: transparent; color: @text; }
QToolButton[look="fold"]:hover { background: @hover; }
)";

constexpr const char* kFields = R"(
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: @surface;
    color: @text; border: 1px solid @border; border-radius: 6px; padding: 4px 8px;
    selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox { min-height: 20px; }
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover { border-color: @textMuted; }
QPlainTextEdit[look="formula"] { min-height: 34px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus { border-color: @accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    color: @disabled; background: @window; }
QLineEdit[problem="true"], QPlainTextEdit[problem="true"], QSpinBox[problem="true"], QDoubleSpinBox[problem="true"],
QComboBox[problem="true"] { border-color: @errorText; }
QLineEdit[changed="true"], QComboBox[changed="true"] { border-left: 3px solid @accent; }
QSpinBox, QDoubleSpinBox { padding-right: 20px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; width: 18px;
    border: none; background: transparent; margin: 2px 2px 0 0; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; width: 18px;
    border: none; background: transparent; margin: 0 2px 2px 0; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/arrow-up.svg); width: 10px;
    height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/arrow-down.svg); width: 10px;
    height: 10px; }
QComboBox { padding-right: 4px; min-width: 88px; }
QComboBox[look="compact"] { min-width: 36px; padding: 2px 2px 2px 8px; }
QComboBox[look="compact-wide"] { min-width: 104px; padding: 2px 2px 2px 8px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/arrow-down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; padding: 4px;
    outline: none; selection-background-color: @accentSoft; selection-color: @text; }
QSlider::groove:horizontal { height: 4px; background: @border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; border: 2px solid @surface; width: 14px;
    height: 14px; margin: -7px 0; border-radius: 9px; }
QSlider::handle:horizontal:focus { border-color: @text; }
QSlider { background: transparent; min-height: 24px; }
QSlider::add-page:horizontal { background: @border; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: @disabled; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QProgressBar { background: @border; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
)";

constexpr const char* kViews = R"(
QAbstractItemView { background: @surface; color: @text; border: 1px solid @border;
    border-radius: 8px; outline: none; alternate-background-color: @window;
    selection-background-color: @accentSoft; selection-color: @text; gridline-color: @grid; }
QAbstractItemView:focus { border-color: @accent; }
QAbstractItemView::item { padding: 4px 8px; border: none; }
QAbstractItemView::item:hover { background: @hover; }
QAbstractItemView::item:selected { background: @accentSoft; color: @text; }
QAbstractItemView[look="plain"], QTextBrowser[look="plain"] { border: none; background: transparent; border-radius: 0; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: @textMuted; border: none;
    border-bottom: 1px solid @border; padding: 6px 8px; }
QTableView[look="plain"], QTableView[look="plain"] QHeaderView::section { font-size: @captionPt; }
QTableView[look="plain"] QHeaderView::section { padding: 3px 8px; }
QTableCornerButton::section { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; border: none; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; border: none; }
QScrollBar::handle { background: @scroll; border-radius: 3px; margin: 2px; border: none; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @textMuted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: @surface; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: @accentSoft; color: @text; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QTabBar::tab { background: transparent; color: @textMuted; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:hover { color: @text; }
QTabWidget::pane { border: none; }
QStatusBar { background: @sunken; }
)";

QString mixed(const QColor& from, const QColor& to, double share) {
    const auto blend = [share](int one, int two) {
        return static_cast<int>(one + (two - one) * share);
    };
    return QColor(blend(from.red(), to.red()), blend(from.green(), to.green()),
                  blend(from.blue(), to.blue()))
        .name();
}

} // namespace

QString styleSheetOf(const ThemeColors& c) {
    QString sheet = QString::fromLatin1(kFrames) + QLatin1String(kButtons) +
                    QLatin1String(kFields) + QLatin1String(kViews);
    // Longer names first, so that no name is the beginning of one still to come.
    const std::pair<const char*, QString> names[] = {
        {"@accentHover", mixed(c.accent, c.text, 0.15)},
        {"@accentSoft", c.accentSoft.name()},
        {"@onAccent", c.onAccent.name()},
        {"@accent", c.accent.name()},
        {"@textMuted", c.textMuted.name()},
        {"@text", c.text.name()},
        {"@warningBack", c.warningBack.name()},
        {"@warningText", c.warningText.name()},
        {"@errorBack", c.errorBack.name()},
        {"@errorText", c.errorText.name()},
        {"@infoBack", c.infoBack.name()},
        {"@window", c.window.name()},
        {"@surface", c.surface.name()},
        {"@sunken", c.sunken.name()},
        {"@hover", c.hover.name()},
        {"@border", c.border.name()},
        {"@disabled", mixed(c.textMuted, c.window, 0.5)},
        {"@scroll", mixed(c.border, c.textMuted, 0.15)},
        {"@grid", c.grid.name()},
        {"@captionPt", QString::number(textFont(TextSize::Caption).pointSizeF(), 'f', 1) + "pt"},
    };
    for (const auto& [name, value] : names)
        sheet.replace(QLatin1String(name), value);
    return sheet;
}

} // namespace viva
