// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page_list.h"

namespace viva {

#define VIVA_PAGE(make, folder) Page* make(const PageServices& services);
#include "ui/pages/pages.def"
#undef VIVA_PAGE

QList<Page*> makePages(const PageServices& services) {
    QList<Page*> pages;
#define VIVA_PAGE(make, folder) pages << make(services);
#include "ui/pages/pages.def"
#undef VIVA_PAGE
    return pages;
}

QStringList pageIds() {
    QStringList ids;
#define VIVA_PAGE(make, folder) ids << QStringLiteral(#folder);
#include "ui/pages/pages.def"
#undef VIVA_PAGE
    return ids;
}

} // namespace viva
