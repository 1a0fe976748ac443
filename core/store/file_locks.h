// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace viva {

/// Makes SQLite's file locks survive whatever else the process does with its files; internal to
/// core/store.
///
/// POSIX record locks belong to a process, and closing any descriptor of a file drops all of them:
/// a file dialog that looks into project.sqlite for its icon would leave the project unlocked under
/// its connections, and the next program to close it would delete the log beneath them. From here
/// on SQLite locks through open file descriptions (F_OFD_SETLK), one for each file, which go only
/// when SQLite closes the file. They and the POSIX locks of other programs respect each other.
/// Where the system has none, SQLite's own locks stay.
///
/// Must be called before the first connection of the process; may be called again, from any thread.
/// @source sqlite.org/howtocorrupt.html, 2.2; fcntl(2), "Open file description locks"
void lockByOpenFile();

} // namespace viva
