/*
 * programs/cmd/file_switches.h - /A of DIR and DEL.
 */
#ifndef PEWTER_PROGRAMS_CMD_FILE_SWITCHES_H
#define PEWTER_PROGRAMS_CMD_FILE_SWITCHES_H

#include "programs/win32.h"
#include <stdbool.h>

struct attribute_filter {
	bool given;
	DWORD with, without;
};

/* What stands behind /A. */
bool file_attributes_switch(const WCHAR *text, struct attribute_filter *filter);
bool file_passes(const struct attribute_filter *filter, DWORD attributes);

#endif
