// SPDX-License-Identifier: GPL-3.0-or-later
// Carries the one precompiled torch header; other torch targets reuse it.
