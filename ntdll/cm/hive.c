/*
 * ntdll/cm/hive.c - what the registry holds at start: the values of a Windows 10 22H2 that programs ask for.
 */
#include "ntdll/cm/node.h"
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
	{u"Machine\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion", u"ProgramFilesDir", u"C:\\Program Files", 0},
	{u"Machine\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion", u"CommonFilesDir", u"C:\\Program Files\\Common Files", 0},
	{u"Machine\\SOFTWARE\\Classes\\CLSID", NULL, NULL, 0},
	{u"Machine\\SOFTWARE\\Policies", NULL, NULL, 0},
	{CONTROL u"\\Nls\\CodePage", u"ACP", u"1252", 0},
	{CONTROL u"\\Nls\\CodePage", u"OEMCP", u"437", 0},
	{CONTROL u"\\FileSystem", u"LongPathsEnabled", NULL, 1},
	{CONTROL u"\\Session Manager\\Environment", u"OS", u"Windows_NT", 0},
	{CONTROL u"\\hivelist", NULL, NULL, 0},
	{CONTROL u"\\ProductOptions", u"ProductType", u"WinNT", 0},
	{u"Machine\\SYSTEM\\CurrentControlSet\\Services", NULL, NULL, 0},
	{USER u"\\Software\\Microsoft\\Windows\\CurrentVersion", NULL, NULL, 0},
	{USER u"\\Software\\Classes", NULL, NULL, 0},
	{USER u"\\Environment", NULL, NULL, 0},
	{USER u"\\Control Panel\\International", u"LocaleName", u"en-US", 0},
	{u"User\\.DEFAULT\\Software", NULL, NULL, 0},
};

/* When this Windows was made, for all its keys. */
#define FRESH_TIME 132201828000000000u

struct cm_node *cm_make_path(struct cm_node *node, const char16_t *path)
{
	while (*path && node) {
		size_t length = 0;
		struct cm_node *child;

		while (path[length] && path[length] != '\\')
			length++;
		child = cm_find_child(node, path, length);
		if (!child) {
			child = cm_add_child(node, path, length);
			if (child) {
				child->is_fresh = true;
				child->last_write = FRESH_TIME;
			}
		}
		node = child;
		path += length + (path[length] == '\\');
	}
	return node;
}

bool cm_set_fresh(struct cm_node *node, const char16_t *name, ULONG type, const void *data, ULONG size)
{
	struct cm_value *value = node ? cm_set_value(node, name, rtl_wcslen(name), type, data, size) : NULL;

	if (value)
		value->is_fresh = true;
	return value != NULL;
}

bool cm_set_text(struct cm_node *node, const char16_t *name, ULONG type, const char16_t *text)
{
	return cm_set_fresh(node, name, type, text, (ULONG)((rtl_wcslen(text) + 1) * sizeof(*text)));
}

bool cm_set_number(struct cm_node *node, const char16_t *name, DWORD number)
{
	return cm_set_fresh(node, name, REG_DWORD, &number, sizeof(number));
}

bool cm_load_defaults(struct cm_node *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		struct cm_node *node = cm_make_path(root, defaults[i].key);

		if (!node)
			return false;
		if (!defaults[i].name)
			continue;
		if (!(defaults[i].text ? cm_set_text(node, defaults[i].name, REG_SZ, defaults[i].text)
				       : cm_set_number(node, defaults[i].name, defaults[i].number)))
			return false;
	}
	return cm_load_machine(root);
}
