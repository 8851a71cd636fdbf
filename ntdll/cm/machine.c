/*
 * ntdll/cm/machine.c - what the registry says of this machine: processors, names, the user's folders, time zones.
 */
#include "host/host.h"
#include "host/system.h"
#include "ntdll/cm/node.h"
#include "ntdll/ex/ex.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/rtl/time.h"
#include "ntdll/se/account.h"

#include <stdio.h>
#include <string.h>

#define WINDOWS_NT u"Machine\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define CONTROL u"Machine\\SYSTEM\\CurrentControlSet\\Control\\"
#define EXPLORER u"\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\"
#define TEXT_CAPACITY 600

static const char16_t *widen(char16_t to[TEXT_CAPACITY], const char *ascii)
{
	size_t i = 0;

	do
		to[i] = (uint8_t)ascii[i];
	while (ascii[i++] && i < TEXT_CAPACITY - 1);
	to[TEXT_CAPACITY - 1] = 0;
	return to;
}

static void append(char16_t to[TEXT_CAPACITY], const char16_t *text)
{
	size_t length = rtl_wcslen(to), more = rtl_wcslen(text);

	if (length + more < TEXT_CAPACITY)
		memcpy(to + length, text, (more + 1) * sizeof(*to));
}

static void fill_processors(struct cm_node *all)
{
	char16_t identifier[TEXT_CAPACITY], vendor[TEXT_CAPACITY], brand[TEXT_CAPACITY], name[TEXT_CAPACITY];
	struct ex_processor processor;
	DWORD mhz = host_cpu_mhz();
	char text[96];

	ex_processor(&processor);
	snprintf(text, sizeof(text), "%s Family %u Model %u Stepping %u",
		 !strcmp(processor.vendor, "GenuineIntel") ? "Intel64" : "AMD64", processor.family, processor.model,
		 processor.stepping);
	widen(identifier, text);
	widen(vendor, processor.vendor);
	widen(brand, processor.brand);
	for (unsigned i = 0; i < host_cpu_count(); i++) {
		struct cm_node *one;

		snprintf(text, sizeof(text), "%u", i);
		one = cm_make_path(all, widen(name, text));
		if (!cm_set_text(one, u"Identifier", REG_SZ, identifier) ||
		    !cm_set_text(one, u"ProcessorNameString", REG_SZ, brand) ||
		    !cm_set_text(one, u"VendorIdentifier", REG_SZ, vendor) || !cm_set_number(one, u"~MHz", mhz))
			return; /* no memory: those that are made are good */
	}
}

static bool load_folders(struct cm_node *root)
{
	static const struct {
		const char16_t *name, *below_profile;
	} folders[] = {
		{u"AppData", u"\\AppData\\Roaming"}, {u"Desktop", u"\\Desktop"},	{u"Local AppData", u"\\AppData\\Local"},
		{u"Personal", u"\\Documents"},	     {u"My Music", u"\\Music"},		{u"My Pictures", u"\\Pictures"},
		{u"My Video", u"\\Videos"},	     {u"{374DE290-123F-4565-9164-39C4925E467B}", u"\\Downloads"},
	};
	static const struct {
		const char16_t *name, *path;
	} common[] = {
		{u"Common AppData", u"C:\\ProgramData"},
		{u"Common Desktop", u"C:\\Users\\Public\\Desktop"},
		{u"Common Documents", u"C:\\Users\\Public\\Documents"},
	};
	char16_t profile[TEXT_CAPACITY] = u"C:\\Users\\", path[TEXT_CAPACITY], variable[TEXT_CAPACITY];
	struct cm_node *profiles = cm_make_path(root, WINDOWS_NT u"ProfileList"), *shell, *user_shell;
	bool ok;

	append(profile, se_user_name());
	ok = cm_set_text(profiles, u"ProfilesDirectory", REG_EXPAND_SZ, u"%SystemDrive%\\Users") &&
	     cm_set_text(profiles, u"ProgramData", REG_EXPAND_SZ, u"%SystemDrive%\\ProgramData") &&
	     cm_set_text(profiles, u"Public", REG_EXPAND_SZ, u"%SystemDrive%\\Users\\Public") &&
	     cm_set_text(cm_make_path(profiles, CM_USER_SID), u"ProfileImagePath", REG_EXPAND_SZ, profile);
	shell = cm_make_path(root, u"User\\" CM_USER_SID EXPLORER u"Shell Folders");
	user_shell = cm_make_path(root, u"User\\" CM_USER_SID EXPLORER u"User Shell Folders");
	for (size_t i = 0; ok && i < ARRAY_SIZE(folders); i++) {
		path[0] = 0;
		append(path, profile);
		append(path, folders[i].below_profile);
		variable[0] = 0;
		append(variable, u"%USERPROFILE%");
		append(variable, folders[i].below_profile);
		ok = cm_set_text(shell, folders[i].name, REG_SZ, path) &&
		     cm_set_text(user_shell, folders[i].name, REG_EXPAND_SZ, variable);
	}
	shell = cm_make_path(root, u"Machine" EXPLORER u"Shell Folders");
	for (size_t i = 0; ok && i < ARRAY_SIZE(common); i++)
		ok = cm_set_text(shell, common[i].name, REG_SZ, common[i].path);
	return ok;
}

static bool load_names(struct cm_node *root)
{
	const char16_t *computer = se_computer_name();
	char16_t host[TEXT_CAPACITY];
	char name[256];

	if (host_computer_name(name, sizeof(name)) < 0)
		strcpy(name, "localhost");
	return cm_set_text(cm_make_path(root, CONTROL u"ComputerName\\ActiveComputerName"), u"ComputerName", REG_SZ, computer) &&
	       cm_set_text(cm_make_path(root, CONTROL u"ComputerName\\ComputerName"), u"ComputerName", REG_SZ, computer) &&
	       cm_set_text(cm_make_path(root, u"Machine\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"), u"Hostname",
			   REG_SZ, widen(host, name));
}

/* REG_TZI_FORMAT: the value TZI of a time zone. */
struct zone_binary {
	LONG bias, standard_bias, daylight_bias;
	struct { /* SYSTEMTIME */
		USHORT year, month, weekday, day, hour, minute, second, milliseconds;
	} standard, daylight;
};

#define PUT_DATE(to, from)                                                                                             \
	((to).year = 0, (to).month = (USHORT)(from).Month, (to).weekday = (USHORT)(from).Weekday,                      \
	 (to).day = (USHORT)(from).Day, (to).hour = (USHORT)(from).Hour, (to).minute = (USHORT)(from).Minute,          \
	 (to).second = (USHORT)(from).Second, (to).milliseconds = (USHORT)(from).Milliseconds)

/* "(UTC+01:00) Berlin, Rome, Vienna": the cities of the zone's names, three at most. */
static void zone_display(const char *names, LONG bias, char *text, size_t capacity)
{
	LONG east = -bias, minutes = east < 0 ? -east : east;
	size_t length = (size_t)snprintf(text, capacity, "(UTC%c%02ld:%02ld)", east < 0 ? '-' : '+', (long)minutes / 60,
					 (long)minutes % 60);

	if (!east)
		length = (size_t)snprintf(text, capacity, "(UTC)");
	for (int cities = 0; cities < 3 && *names; names += *names == ' ') {
		size_t end = strcspn(names, " "), slash = end;

		while (slash && names[slash - 1] != '/')
			slash--;
		if (slash && end > slash && length + end - slash + 3 < capacity && strncmp(names, "Etc/", 4)) {
			length += (size_t)snprintf(text + length, capacity - length, "%s %.*s", cities ? "," : "",
						   (int)(end - slash), names + slash);
			cities++;
		}
		names += end;
	}
	for (char *c = text; *c; c++)
		*c = *c == '_' ? ' ' : *c;
}

/* Windows' zones as the host's database has them, which takes a file for each: only who asks for the key pays. */
static void fill_zones(struct cm_node *zones)
{
	for (size_t i = 0; rtl_zone_names[i].key; i++) {
		RTL_TIME_ZONE_INFORMATION zone;
		struct zone_binary binary = {0};
		char16_t display[TEXT_CAPACITY];
		struct cm_node *node;
		char text[160];

		if (!rtl_zone_at(i, &zone))
			continue;
		node = cm_make_path(zones, zone.KeyName);
		binary.bias = zone.Bias;
		binary.daylight_bias = zone.DaylightBias;
		PUT_DATE(binary.standard, zone.StandardStart);
		PUT_DATE(binary.daylight, zone.DaylightStart);
		zone_display(rtl_zone_names[i].iana, zone.Bias, text, sizeof(text));
		if (!strcmp(rtl_zone_names[i].key, "UTC"))
			strcpy(text, "(UTC) Coordinated Universal Time");
		if (!cm_set_text(node, u"Display", REG_SZ, widen(display, text)) ||
		    !cm_set_text(node, u"Dlt", REG_SZ, zone.DaylightName) ||
		    !cm_set_text(node, u"Std", REG_SZ, zone.StandardName) ||
		    !cm_set_fresh(node, u"TZI", REG_BINARY, &binary, sizeof(binary)))
			return; /* no memory: those that are made are good */
	}
}

static bool load_processors(struct cm_node *root)
{
	struct cm_node *all = cm_make_path(root, u"Machine\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor");

	if (all)
		all->fill = fill_processors;
	return all != NULL;
}

static bool load_zones(struct cm_node *root)
{
	struct cm_node *zones = cm_make_path(root, WINDOWS_NT u"Time Zones");
	struct cm_node *now = cm_make_path(root, CONTROL u"TimeZoneInformation");
	RTL_TIME_ZONE_INFORMATION zone;

	if (!zones || !now)
		return false;
	zones->fill = fill_zones;
	rtl_zone(0, &zone);
	return cm_set_text(now, u"TimeZoneKeyName", REG_SZ, zone.KeyName) &&
	       cm_set_text(now, u"StandardName", REG_SZ, zone.StandardName) &&
	       cm_set_text(now, u"DaylightName", REG_SZ, zone.DaylightName) && cm_set_number(now, u"Bias", (DWORD)zone.Bias) &&
	       cm_set_number(now, u"StandardBias", (DWORD)zone.StandardBias) &&
	       cm_set_number(now, u"DaylightBias", (DWORD)zone.DaylightBias) &&
	       cm_set_number(now, u"ActiveTimeBias", (DWORD)rtl_current_bias());
}

bool cm_load_machine(struct cm_node *root)
{
	static const char16_t *const transient[] = {
		u"Machine\\HARDWARE", CONTROL u"ComputerName\\ActiveComputerName", CONTROL u"TimeZoneInformation",
		WINDOWS_NT u"Time Zones",
	};

	for (size_t i = 0; i < ARRAY_SIZE(transient); i++) {
		struct cm_node *node = cm_make_path(root, transient[i]);

		if (!node)
			return false;
		node->is_transient = true;
	}
	return load_processors(root) && load_folders(root) && load_names(root) && load_zones(root);
}
