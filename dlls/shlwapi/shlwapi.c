/*
 * dlls/shlwapi/shlwapi.c - the builtin shlwapi.dll, which answers for shcore's streams and the api set of URLs too.
 */
#include "pewter/export.h"

DEFINE_DLL(shlwapi, .name = "shlwapi.dll",
	   .aliases = "shcore.dll\0api-ms-win-shcore-stream-*\0api-ms-win-core-shlwapi-*\0"
		      "api-ms-win-core-url-*\0");
