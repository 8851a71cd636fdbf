/*
 * dlls/undname/undname.h - what Microsoft's compiler calls a thing, from its decorated name: for type_info::name(), __unDName()
 * and UnDecorateSymbolName().
 */
#ifndef PEWTER_DLLS_UNDNAME_UNDNAME_H
#define PEWTER_DLLS_UNDNAME_UNDNAME_H

#include <stddef.h>
#include <stdint.h>

/* What to leave out; the SDK's dbghelp.h. */
#define UNDNAME_NO_LEADING_UNDERSCORES 0x0001u
#define UNDNAME_NO_MS_KEYWORDS 0x0002u
#define UNDNAME_NO_FUNCTION_RETURNS 0x0004u
#define UNDNAME_NO_ALLOCATION_LANGUAGE 0x0010u
#define UNDNAME_NO_MS_THISTYPE 0x0020u
#define UNDNAME_NO_CV_THISTYPE 0x0040u
#define UNDNAME_NO_ACCESS_SPECIFIERS 0x0080u
#define UNDNAME_NO_MEMBER_TYPE 0x0200u
#define UNDNAME_NAME_ONLY 0x1000u
/* The name is a type's; a symbol's is told without its arguments. */
#define UNDNAME_NO_ARGUMENTS 0x2000u
#define UNDNAME_NO_ECSU 0x8000u /* class, struct, union, enum */

#define UNDNAME_WORK 0x8000u

/* The text, in `work` (UNDNAME_WORK bytes); NULL: the name follows no rule that is known, or is too long or too deep. */
const char *undname(const char *decorated, uint32_t flags, char *work);

#endif
