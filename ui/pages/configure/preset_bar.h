// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <QWidget>

#include <filesystem>

class QComboBox;
class QToolButton;

namespace viva {

struct Preset {
    QString name;
    std::filesystem::path file;
    bool own = false; ///< saved by the person
    QString source;   ///< the paper or library it follows; may be empty
};

/// The presets of a folder by title (the person's own by file name); "demo.json" first where it is
/// there.
[[nodiscard]] QList<Preset> presetsIn(const std::filesystem::path& folder, bool own);

/// Choosing, loading, saving and copying of whole configurations.
class PresetBar : public QWidget {
    Q_OBJECT

public:
    /// `shipped` is read only; the person's own presets are kept in `own`.
    PresetBar(std::filesystem::path shipped, std::filesystem::path own, QWidget* parent = nullptr);

    void reload();
    [[nodiscard]] QList<Preset> presets() const { return m_presets; }
    void choose(const QString& name);
    [[nodiscard]] const std::filesystem::path& ownFolder() const { return m_own; }

signals:
    void presetChosen(const viva::Preset& preset);
    void openRequested();
    void saveRequested();
    void copyRequested();

private:
    void showSource();

    std::filesystem::path m_shipped;
    std::filesystem::path m_own;
    QList<Preset> m_presets;
    QComboBox* m_choice = nullptr;
};

} // namespace viva
