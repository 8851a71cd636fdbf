/*
 * dlls/advapi32/advapi32.c - the builtin advapi32.dll: registry, security, old cryptography, event log and providers.
 */
#include "pewter/export.h"

DEFINE_DLL(advapi32, .name = "advapi32.dll",
	   .aliases = "sechost.dll\0cryptsp.dll\0cryptbase.dll\0api-ms-win-security-*\0api-ms-win-core-registry-*\0"
		      "api-ms-win-eventing-*\0api-ms-win-downlevel-advapi32-*\0api-ms-win-service-*\0");
