/*
 * dlls/shlwapi/shlwapi.c - the builtin shlwapi.dll, which answers for shcore's streams and the path api sets too.
 */
#include "pewter/export.h"

DEFINE_DLL(shlwapi, .name = "shlwapi.dll",
	   .aliases = "shcore.dll\0api-ms-win-shcore-stream-*\0api-ms-win-core-shlwapi-*\0"
		      "api-ms-win-core-path-l1-1-0.dll\0api-ms-win-core-url-*\0");
