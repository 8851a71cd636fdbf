/*
 * dlls/user32/user32.c - user32.dll for console programs: strings, messages boxes as text, an empty desktop.
 *
 * There is no window manager.  What needs one fails as it does in a session without a desktop; message queues are empty.
 */
#include "pewter/export.h"

DEFINE_DLL(user32, .name = "user32.dll");
