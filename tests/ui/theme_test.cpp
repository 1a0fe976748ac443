// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/theme/type_scale.h"

#include <QApplication>
#include <QDirIterator>
#include <QSvgRenderer>

#include <gtest/gtest.h>

namespace viva {
namespace {

class ThemeColorsTest : public testing::TestWithParam<const ThemeColors*> {};

TEST(ContrastRatio, IsTwentyOneForBlackOnWhiteAndOneForEqual) {
    EXPECT_NEAR(contrastRatio(Qt::black, Qt::white), 21.0, 1e-6);
    EXPECT_NEAR(contrastRatio(QColor("#767676"), Qt::white), 4.54, 0.01);
    EXPECT_DOUBLE_EQ(contrastRatio(Qt::red, Qt::red), 1.0);
}

TEST_P(ThemeColorsTest, TextCanBeReadOnEveryBackground) {
    for (const ColorPair& pair : textPairs(*GetParam()))
        EXPECT_GE(contrastRatio(pair.text, pair.back), 4.5) << pair.name.toStdString();
}

TEST_P(ThemeColorsTest, DataColoursDifferFromEachOther) {
    const ThemeColors& c = *GetParam();
    const std::vector<QColor> data{c.reward, c.kl, c.loss, c.offPolicy, c.up, c.down, c.neutral};
    for (std::size_t one = 0; one < data.size(); ++one) {
        EXPECT_GE(contrastRatio(data[one], c.surface), 1.9) << one;
        for (std::size_t two = one + 1; two < data.size(); ++two)
            EXPECT_NE(data[one], data[two]);
    }
}

TEST_P(ThemeColorsTest, IsFoundByItsPalette) {
    EXPECT_EQ(&colorsFor(paletteOf(*GetParam())), GetParam());
}

TEST_P(ThemeColorsTest, LeavesNoNameInTheStyleSheet) {
    EXPECT_FALSE(styleSheetOf(*GetParam()).contains('@'));
}

INSTANTIATE_TEST_SUITE_P(BothThemes, ThemeColorsTest,
                         testing::Values(&lightColors(), &darkColors()));

TEST(LightColors, UsesTheOkabeItoSet) {
    const ThemeColors& c = lightColors();
    EXPECT_EQ(c.reward, QColor("#0072b2"));
    EXPECT_EQ(c.kl, QColor("#e69f00"));
    EXPECT_EQ(c.loss, QColor("#cc79a7"));
    EXPECT_EQ(c.offPolicy, QColor("#56b4e9"));
    EXPECT_EQ(c.up, QColor("#009e73"));
    EXPECT_EQ(c.down, QColor("#d55e00"));
}

TEST(Theme, SetsThePaletteOfItsMode) {
    Theme theme(*qApp);
    theme.setMode(ThemeMode::Dark);
    EXPECT_TRUE(theme.isDark());
    EXPECT_EQ(QApplication::palette().color(QPalette::Window), darkColors().window);
    theme.setMode(ThemeMode::Light);
    EXPECT_EQ(QApplication::palette().color(QPalette::Window), lightColors().window);
}

TEST(Icons, AreAllReadableAndTinted) {
    Theme theme(*qApp);
    QDirIterator files(":/icons");
    int count = 0;
    while (files.hasNext()) {
        files.next();
        const QString name = files.fileInfo().completeBaseName();
        EXPECT_TRUE(QSvgRenderer(files.filePath()).isValid()) << name.toStdString();
        const QImage red = tintedPixmap(name, {24, 24}, Qt::red, 1).toImage();
        bool inked = false;
        for (int y = 0; y < red.height() && !inked; ++y) {
            for (int x = 0; x < red.width() && !inked; ++x)
                inked = red.pixelColor(x, y).alpha() > 128;
        }
        EXPECT_TRUE(inked) << name.toStdString();
        ++count;
    }
    EXPECT_GT(count, 30);
    EXPECT_TRUE(tintedPixmap("no-such-icon", {24, 24}, Qt::red, 1).isNull());
}

TEST(Icons, AreSharpOnDenseScreens) {
    Theme theme(*qApp);
    const QPixmap pixmap = tintedPixmap("train", {24, 24}, Qt::red, 2.0);
    EXPECT_EQ(pixmap.width(), 48);
    EXPECT_DOUBLE_EQ(pixmap.devicePixelRatio(), 2.0);
}

TEST(TypeScale, HasFourSizesInOrder) {
    EXPECT_LT(textFont(TextSize::Caption).pointSizeF(), textFont(TextSize::Body).pointSizeF());
    EXPECT_LT(textFont(TextSize::Body).pointSizeF(), textFont(TextSize::Heading).pointSizeF());
    EXPECT_LT(textFont(TextSize::Heading).pointSizeF(), textFont(TextSize::Display).pointSizeF());
}

} // namespace
} // namespace viva
