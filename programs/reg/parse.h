/*
 * programs/reg/parse.h - the text of .reg files.  Microsoft, "How to add, modify, or delete registry subkeys and values by using a
 * .reg file".
 */
#ifndef PEWTER_PROGRAMS_REG_PARSE_H
#define PEWTER_PROGRAMS_REG_PARSE_H

#include "nt/ntdef.h"
#include <stdbool.h>

/* Told in the order of the text.  Names are terminated. */
struct reg_sink {
	void *context;
	/* [key] or [-key]: what is between the brackets, without the minus. */
	void (*key)(void *context, const WCHAR *name, size_t length, bool gone);
	void (*value)(void *context, const WCHAR *name, DWORD type, const void *data, size_t size);
	void (*value_gone)(void *context, const WCHAR *name);
	/* A byte string of version 4 in the ANSI code page as UTF-16; a count of units, at most `size`. */
	size_t (*widen)(const char *bytes, size_t size, WCHAR *wide);
};

/* What is not understood is left out, line by line.  False: the text does not begin as a .reg file does, or there is no memory. */
bool reg_parse(const WCHAR *text, size_t length, const struct reg_sink *sink);

#endif
