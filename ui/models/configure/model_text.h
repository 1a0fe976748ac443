// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/memory_estimate.h"
#include "core/modelcard/device_memory.h"
#include "core/modelcard/model_card.h"
#include "ui/theme/theme_colors.h"

#include <QString>

#include <optional>

namespace viva {

/// A model folder that was looked at: its card, or why it cannot be opened.
struct ModelView {
    QString folder;                ///< as the option names it
    std::optional<ModelCard> card; ///< empty while it is read, or when it could not be
    QString failure;               ///< empty when it could
    DeviceMemory device;
};

/// Parameters by part, dtype, adapter, context and prompts, as rich text.
[[nodiscard]] QString modelCardText(const ModelView& view, const ThemeColors& colors);

/// What a run would need of the device it runs on.
[[nodiscard]] MemoryEstimate estimateFor(const ModelView& view, const TrainConfig& config);

/// The estimate part by part against what the device has, as rich text; empty without a card.
[[nodiscard]] QString memoryText(const ModelView& view, const TrainConfig& config,
                                 const ThemeColors& colors);

} // namespace viva
