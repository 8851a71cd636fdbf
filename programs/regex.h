/*
 * programs/regex.h - findstr's regular expressions.
 */
#ifndef PEWTER_PROGRAMS_REGEX_H
#define PEWTER_PROGRAMS_REGEX_H

#include "nt/ntdef.h"
#include <stdbool.h>

/* Whether the pattern is found in the text: . * ^ $ [class] [^class] [x-y] \x \< \> (Microsoft, "findstr"). `at_start`,
 * `at_end`: only there (/B, /E). */
bool regex_search(const WCHAR *pattern, const WCHAR *text, bool no_case, bool at_start, bool at_end);

#endif
