/*
 * loader/apiset.c - api set names, and which DLL names belong to Windows itself.
 *
 * An api set ("api-ms-win-core-file-l1-2-0.dll") is a name without a file; the system's table says which DLL has the
 * functions (Microsoft, "Windows API sets").  Here a builtin DLL may claim names as aliases; what none claims goes by
 * the table below.
 */
#include "loader/modules.h"

#include <string.h>

struct prefix {
	const char *prefix, *host;
};

/* The first that matches counts. */
static const struct prefix hosts[] = {
	{"api-ms-win-crt-", "ucrtbase.dll"},
	{"api-ms-win-core-com-", "combase.dll"},
	{"api-ms-win-core-winrt-", "combase.dll"},
	{"api-ms-win-core-registry-", "advapi32.dll"},
	{"api-ms-win-core-shlwapi-", "shlwapi.dll"},
	{"api-ms-win-core-path-", "kernelbase.dll"},
	{"api-ms-win-core-url-", "shlwapi.dll"},
	{"api-ms-win-core-version-", "version.dll"},
	{"api-ms-win-core-psapi-", "kernel32.dll"},
	{"api-ms-win-core-", "kernelbase.dll"},
	{"api-ms-win-security-sddl-", "advapi32.dll"},
	{"api-ms-win-security-", "advapi32.dll"},
	{"api-ms-win-eventing-", "advapi32.dll"},
	{"api-ms-win-service-", "advapi32.dll"},
	{"api-ms-win-devices-config-", "cfgmgr32.dll"},
	{"api-ms-win-downlevel-advapi32-", "advapi32.dll"},
	{"api-ms-win-downlevel-kernel32-", "kernel32.dll"},
	{"api-ms-win-downlevel-ole32-", "ole32.dll"},
	{"api-ms-win-downlevel-shlwapi-", "shlwapi.dll"},
	{"api-ms-win-downlevel-shell32-", "shell32.dll"},
	{"api-ms-win-downlevel-user32-", "user32.dll"},
	{"api-ms-win-downlevel-version-", "version.dll"},
	{"api-ms-win-mm-", "winmm.dll"},
	{"api-ms-win-ntuser-", "user32.dll"},
	{"api-ms-win-gdi-", "gdi32.dll"},
	{"api-ms-win-shcore-", "shcore.dll"},
	{"api-ms-win-shell-", "shell32.dll"},
	{"api-ms-win-rtcore-ntuser-", "user32.dll"},
	{"api-ms-win-base-util-", "advapi32.dll"},
	{"api-ms-win-dx-d3dkmt-", "gdi32.dll"},
	{"api-ms-win-power-", "powrprof.dll"},
	{"api-ms-win-stateseparation-", "kernelbase.dll"},
	{"ext-ms-win-ntuser-", "user32.dll"},
	{"ext-ms-win-gdi-", "gdi32.dll"},
	{"ext-ms-win-kernel32-", "kernel32.dll"},
	{"ext-ms-win-advapi32-", "advapi32.dll"},
	{"ext-ms-win-shell-", "shell32.dll"},
	{"ext-ms-win-oobe-", "kernel32.dll"},
	{"ext-ms-win-ole32-", "ole32.dll"},
};

bool apiset_is_name(const char *name)
{
	return strncmp(name, "api-ms-", 7) == 0 || strncmp(name, "ext-ms-", 7) == 0;
}

const char *apiset_host(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
		if (strncmp(name, hosts[i].prefix, strlen(hosts[i].prefix)) == 0)
			return hosts[i].host;
	return NULL;
}

/* Binary search in a sorted table; names without ".dll" there. */
static bool in_table(const char *const *table, size_t count, const char *name)
{
	size_t length = strlen(name), low = 0, high = count;

	if (length > 4 && strcmp(name + length - 4, ".dll") == 0)
		length -= 4;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strncmp(name, table[middle], length);

		if (order == 0 && table[middle][length])
			order = -1;
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* Windows 10's KnownDLLs, with what they are made of: a file beside the program never replaces these. */
static const char *const known[] = {
	"advapi32", "bcrypt", "bcryptprimitives", "cfgmgr32", "clbcatq", "combase", "comdlg32", "coml2", "crypt32",
	"cryptbase", "difxapi", "gdi32", "gdi32full", "gdiplus", "imagehlp", "imm32", "kernel32", "kernelbase",
	"msctf", "msvcp_win", "msvcrt", "normaliz", "nsi", "ntdll", "ole32", "oleaut32", "powrprof", "psapi", "rpcrt4",
	"sechost", "setupapi", "shcore", "shell32", "shlwapi", "sspicli", "ucrtbase", "user32", "win32u", "wldap32",
	"ws2_32",
};

bool dll_is_known(const char *name)
{
	return in_table(known, ARRAY_SIZE(known), name);
}

/* DLLs in the System32 of every Windows 10: when a program imports from one that Pewter has not, it may start, and fails
 * when it calls. */
static const char *const system_dlls[] = {
	"aclui", "activeds", "actxprxy", "advpack", "amsi", "apphelp", "atl", "authz", "avicap32", "avifil32",
	"avrt", "bluetoothapis", "bthprops.cpl", "cabinet", "certcli", "clusapi", "comctl32", "comdlg32", "comsvcs",
	"credui", "cryptnet", "cryptui", "cryptxml", "d2d1", "d3d10", "d3d10_1", "d3d10core", "d3d11", "d3d12",
	"d3d8", "d3d9", "d3dcompiler_47", "davclnt", "dbgeng", "dbghelp", "dciman32", "dcomp", "ddraw", "devobj",
	"dhcpcsvc", "dhcpcsvc6", "dinput", "dinput8", "dnsapi", "dsound", "dsrole", "dssec", "dsuiext", "dwmapi",
	"dwrite", "dxcore", "dxgi", "dxva2", "esent", "evr", "faultrep", "fltlib", "fwpuclnt", "glu32", "gpapi",
	"hid", "hlink", "httpapi", "icmp", "ieframe", "imgutil", "inetcomm", "iphlpapi", "jscript", "ktmw32",
	"loadperf", "logoncli", "lz32", "mapi32", "mf", "mfc42", "mfc42u", "mfplat", "mfreadwrite", "mlang",
	"mmdevapi", "mpr", "mprapi", "msasn1", "mscoree", "mshtml", "msi", "msimg32", "mssign32", "msvfw32",
	"mswsock", "msxml3", "msxml6", "ncrypt", "ndfapi", "netapi32", "netutils", "newdev",
	"ninput", "nlaapi", "npmproxy", "ntdsapi", "ntlanman",
	"ntmarta", "odbc32", "oleacc", "oledlg", "olepro32", "opengl32", "pathcch", "pdh", "pidgen", "printui",
	"profapi", "propsys", "quartz", "query", "qwave", "rasapi32", "rasdlg", "resutils", "riched20", "riched32",
	"rstrtmgr", "rtm", "rtutils", "samcli", "samlib", "scarddlg", "schannel", "secur32", "security", "sensapi",
	"sfc", "sfc_os", "shdocvw", "shfolder", "slc", "snmpapi", "srclient", "srvcli", "sti", "tapi32", "taskschd",
	"tdh", "textshaping", "traffic", "twain_32", "uiautomationcore", "urlmon", "userenv", "usp10", "uxtheme",
	"vdmdbg", "version", "virtdisk", "vssapi", "wdscore", "webservices", "wecapi", "wer", "wevtapi", "wiaservc",
	"winbrand", "windowscodecs", "winhttp", "wininet", "winmm", "winnsi", "winscard", "winspool.drv", "winsta",
	"wintrust", "winusb", "wkscli", "wlanapi", "wmvcore", "wow64", "wsnmp32", "wsock32", "wtsapi32",
	"xaudio2_9", "xinput1_4", "xinput9_1_0", "xmllite",
};

bool dll_is_system(const char *name)
{
	return dll_is_known(name) || apiset_is_name(name) || in_table(system_dlls, ARRAY_SIZE(system_dlls), name);
}
