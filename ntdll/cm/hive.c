/*
 * ntdll/cm/hive.c - what the registry holds at start: the values of a Windows 10 22H2 that programs ask for.
 */
#include "ntdll/cm/cm.h"
#include "ntdll/rtl/rtl.h"

#define WINDOWS_NT u"Machine\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define CONTROL u"Machine\\SYSTEM\\CurrentControlSet\\Control"
#define USER u"User\\" CM_USER_SID

/* text NULL: a REG_DWORD; name NULL: only the key. */
static const struct {
	const char16_t *key, *name, *text;
	DWORD number;
} defaults[] = {
	{WINDOWS_NT, u"ProductName", u"Windows 10 Pro", 0},
	{WINDOWS_NT, u"CurrentVersion", u"6.3", 0},
	{WINDOWS_NT, u"CurrentMajorVersionNumber", NULL, 10},
	{WINDOWS_NT, u"CurrentMinorVersionNumber", NULL, 0},
	{WINDOWS_NT, u"CurrentBuild", u"19045", 0},
	{WINDOWS_NT, u"CurrentBuildNumber", u"19045", 0},
	{WINDOWS_NT, u"CurrentType", u"Multiprocessor Free", 0},
	{WINDOWS_NT, u"BuildLab", u"19041.vb_release.191206-1406", 0},
	{WINDOWS_NT, u"DisplayVersion", u"22H2", 0},
	{WINDOWS_NT, u"ReleaseId", u"2009", 0},
	{WINDOWS_NT, u"UBR", NULL, 2965},
	{WINDOWS_NT, u"EditionID", u"Professional", 0},
	{WINDOWS_NT, u"InstallationType", u"Client", 0},
	{WINDOWS_NT, u"SystemRoot", u"C:\\Windows", 0},
	{WINDOWS_NT u"\\Time Zones", NULL, NULL, 0},
	{u"Machine\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion", u"ProgramFilesDir", u"C:\\Program Files", 0},
	{u"Machine\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion", u"CommonFilesDir", u"C:\\Program Files\\Common Files", 0},
	{u"Machine\\SOFTWARE\\Classes\\CLSID", NULL, NULL, 0},
	{u"Machine\\SOFTWARE\\Policies", NULL, NULL, 0},
	{CONTROL u"\\Nls\\CodePage", u"ACP", u"1252", 0},
	{CONTROL u"\\Nls\\CodePage", u"OEMCP", u"437", 0},
	{CONTROL u"\\FileSystem", u"LongPathsEnabled", NULL, 1},
	{CONTROL u"\\Session Manager\\Environment", u"OS", u"Windows_NT", 0},
	{CONTROL u"\\ComputerName\\ActiveComputerName", NULL, NULL, 0},
	{CONTROL u"\\ProductOptions", u"ProductType", u"WinNT", 0},
	{u"Machine\\SYSTEM\\CurrentControlSet\\Services", NULL, NULL, 0},
	{u"Machine\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor", NULL, NULL, 0},
	{USER u"\\Software\\Microsoft\\Windows\\CurrentVersion", NULL, NULL, 0},
	{USER u"\\Software\\Classes", NULL, NULL, 0},
	{USER u"\\Environment", NULL, NULL, 0},
	{USER u"\\Control Panel\\International", u"LocaleName", u"en-US", 0},
	{u"User\\.DEFAULT\\Software", NULL, NULL, 0},
};

bool cm_load_defaults(struct cm_node *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		const char16_t *at = defaults[i].key;
		struct cm_node *node = root;

		while (*at) {
			size_t length = 0;
			struct cm_node *child;

			while (at[length] && at[length] != '\\')
				length++;
			child = cm_find_child(node, at, length);
			if (!child)
				child = cm_add_child(node, at, length);
			if (!child)
				return false;
			node = child;
			at += length + (at[length] == '\\');
		}
		if (!defaults[i].name)
			continue;
		if (!cm_set_value(node, defaults[i].name, rtl_wcslen(defaults[i].name),
				  defaults[i].text ? REG_SZ : REG_DWORD,
				  defaults[i].text ? (const void *)defaults[i].text : &defaults[i].number,
				  defaults[i].text ? (ULONG)((rtl_wcslen(defaults[i].text) + 1) * sizeof(char16_t))
						   : (ULONG)sizeof(DWORD)))
			return false;
	}
	return true;
}
