// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"

#include <QStringList>

namespace viva {

/// The pages of the window in the order of the rail, as pages.def lists them; the caller owns them.
[[nodiscard]] QList<Page*> makePages(const PageServices& services);
/// Their ids.
[[nodiscard]] QStringList pageIds();

} // namespace viva
