/*
 * loader/environment.c - the environment of the program: Linux' own, what every Windows program expects, and --env.
 */
#include "loader/start.h"
#include "loader/modules.h"
#include "host/file.h"
#include "host/host.h"
#include "ntdll/rtl/rtl.h"
#include "ntdll/se/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct variable {
	char16_t *text; /* NAME=VALUE */
	size_t name_length, length;
	uint64_t key; /* the name's first four units, upper-cased: most comparisons end there */
};

struct block {
	struct variable *variables;
	unsigned count, capacity;
	bool failed;
};

/* Names are compared upper-cased, unit by unit: as NT sorts the block. */
static int compare_names(const struct variable *a, const struct variable *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	for (size_t i = 4; i < a->name_length && i < b->name_length; i++) {
		char16_t x = rtl_upcase(a->text[i]), y = rtl_upcase(b->text[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a->name_length < b->name_length ? -1 : a->name_length > b->name_length;
}

static uint64_t key_of(const struct variable *variable)
{
	uint64_t key = 0;

	for (size_t i = 0; i < 4; i++)
		key = key << 16 | (i < variable->name_length ? rtl_upcase(variable->text[i]) : 0);
	return key;
}

static int compare(const void *a, const void *b)
{
	return compare_names(a, b);
}

/* The variable of this name; NULL: there is none. */
static struct variable *find(const struct block *block, const struct variable *wanted)
{
	for (unsigned i = 0; i < block->count; i++)
		if (block->variables[i].name_length == wanted->name_length && compare_names(&block->variables[i], wanted) == 0)
			return &block->variables[i];
	return NULL;
}

static void add(struct block *block, const char *name, const char *value)
{
	struct variable variable = {0}, *old;
	size_t name_size = strlen(name), value_size = strlen(value), room = name_size + value_size + 1;

	/* A byte makes one unit at most. */
	variable.text = malloc((room + 1) * sizeof(*variable.text));
	if (!variable.text) {
		block->failed = true;
		return;
	}
	variable.name_length = rtl_utf8_to_utf16(variable.text, room, name, name_size);
	variable.text[variable.name_length] = u'=';
	variable.length = variable.name_length + 1;
	variable.length += rtl_utf8_to_utf16(variable.text + variable.length, room - variable.length, value, value_size);
	variable.text[variable.length] = 0;
	variable.key = key_of(&variable);
	old = find(block, &variable);
	if (old) {
		free(old->text);
		*old = variable;
		return;
	}
	if (block->count == block->capacity) {
		unsigned capacity = block->capacity ? block->capacity * 2 : 64;
		struct variable *grown = realloc(block->variables, capacity * sizeof(*grown));

		if (!grown) {
			free(variable.text);
			block->failed = true;
			return;
		}
		block->variables = grown;
		block->capacity = capacity;
	}
	block->variables[block->count++] = variable;
}

static void drop(struct block *block, const char *name)
{
	struct variable wanted = {.text = wide_from_utf8(name)}, *old;

	if (!wanted.text) {
		block->failed = true;
		return;
	}
	wanted.name_length = rtl_wcslen(wanted.text);
	wanted.key = key_of(&wanted);
	old = find(block, &wanted);
	if (old) {
		free(old->text);
		*old = block->variables[--block->count];
	}
	free(wanted.text);
}

/* A ':'-separated list of host directories as a ';'-separated one of DOS directories, the system's in front. */
static char *translate_path(const char *list)
{
	size_t capacity = strlen(list) * 4 + 256, length;
	char *result = malloc(capacity);

	if (!result)
		return NULL;
	length = (size_t)snprintf(result, capacity, "C:\\Windows\\system32;C:\\Windows");
	while (*list) {
		size_t part = strcspn(list, ":");

		if (part) {
			char *directory = strndup(list, part), *narrow = NULL;
			char16_t *dos = directory ? path_dos_from_host(directory) : NULL;

			if (dos)
				narrow = utf8_from_wide(dos, rtl_wcslen(dos));
			if (narrow && length + strlen(narrow) + 2 < capacity)
				length += (size_t)snprintf(result + length, capacity - length, ";%s", narrow);
			free(narrow);
			free(dos);
			free(directory);
		}
		list += part + (list[part] == ':');
	}
	return result;
}

struct default_variable {
	const char *name, *value;
};

static const struct default_variable defaults[] = {
	{"ALLUSERSPROFILE", "C:\\ProgramData"},
	{"CommonProgramFiles", "C:\\Program Files\\Common Files"},
	{"CommonProgramFiles(x86)", "C:\\Program Files (x86)\\Common Files"},
	{"CommonProgramW6432", "C:\\Program Files\\Common Files"},
	{"ComSpec", "C:\\Windows\\system32\\cmd.exe"},
	{"DriverData", "C:\\Windows\\System32\\Drivers\\DriverData"},
	{"OS", "Windows_NT"},
	{"PATHEXT", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC"},
	{"PROCESSOR_ARCHITECTURE", "AMD64"},
	{"PROCESSOR_IDENTIFIER", "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel"},
	{"PROCESSOR_LEVEL", "6"},
	{"PROCESSOR_REVISION", "9e0a"},
	{"ProgramData", "C:\\ProgramData"},
	{"ProgramFiles", "C:\\Program Files"},
	{"ProgramFiles(x86)", "C:\\Program Files (x86)"},
	{"ProgramW6432", "C:\\Program Files"},
	{"PUBLIC", "C:\\Users\\Public"},
	{"SystemDrive", "C:"},
	{"SystemRoot", "C:\\Windows"},
	{"windir", "C:\\Windows"},
};

static void add_user(struct block *block, const char *user, const char *computer)
{
	static const struct default_variable of_user[] = {
		{"USERPROFILE", ""},
		{"APPDATA", "\\AppData\\Roaming"},
		{"LOCALAPPDATA", "\\AppData\\Local"},
		{"TEMP", "\\AppData\\Local\\Temp"},
		{"TMP", "\\AppData\\Local\\Temp"},
	};
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(of_user); i++) {
		snprintf(text, sizeof(text), "C:\\Users\\%.128s%s", user, of_user[i].value);
		add(block, of_user[i].name, text);
	}
	snprintf(text, sizeof(text), "\\Users\\%.128s", user);
	add(block, "HOMEDRIVE", "C:");
	add(block, "HOMEPATH", text);
	add(block, "USERNAME", user);
	add(block, "USERDOMAIN", computer);
	add(block, "COMPUTERNAME", computer);
	snprintf(text, sizeof(text), "\\\\%.64s", computer);
	add(block, "LOGONSERVER", text);
	snprintf(text, sizeof(text), "%u", host_cpu_count());
	add(block, "NUMBER_OF_PROCESSORS", text);
}

static bool take_name(const char *setting, char *name, size_t capacity, const char **value)
{
	/* A name may begin with '=' ("=C:"). */
	const char *equals = *setting ? strchr(setting + 1, '=') : NULL;

	if (!equals || (size_t)(equals - setting) >= capacity)
		return false;
	memcpy(name, setting, (size_t)(equals - setting));
	name[equals - setting] = 0;
	*value = equals + 1;
	return true;
}

/* Linux' variables of these names mean Linux' things; the program gets Windows' own, unless --env says otherwise. */
static bool is_linux_own(const char *name)
{
	static const char *const own[] = {"PATH", "TMP", "TEMP", "TMPDIR"};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

static char16_t *join(const struct block *block, size_t *units)
{
	size_t total = 1, at = 0;
	char16_t *result;

	for (unsigned i = 0; i < block->count; i++)
		total += block->variables[i].length + 1;
	if (!block->count)
		total++;
	result = malloc(total * sizeof(*result));
	if (!result)
		return NULL;
	for (unsigned i = 0; i < block->count; i++) {
		memcpy(result + at, block->variables[i].text, (block->variables[i].length + 1) * sizeof(*result));
		at += block->variables[i].length + 1;
	}
	while (at < total)
		result[at++] = 0;
	*units = total;
	return result;
}

char16_t *environment_make(char *const *inherited, const char *const *settings, unsigned setting_count, size_t *units)
{
	char *user = utf8_from_wide(se_user_name(), rtl_wcslen(se_user_name()));
	char *computer = utf8_from_wide(se_computer_name(), rtl_wcslen(se_computer_name()));
	const char *value;
	struct block block = {0};
	char16_t *result = NULL;
	char name[1024], *path;

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		add(&block, defaults[i].name, defaults[i].value);
	if (user && computer)
		add_user(&block, user, computer);
	else
		block.failed = true;
	free(user);
	free(computer);
	for (; *inherited; inherited++)
		if (take_name(*inherited, name, sizeof(name), &value) && !is_linux_own(name))
			add(&block, name, value);
	path = translate_path(getenv("PATH") ? getenv("PATH") : "");
	if (path)
		add(&block, "Path", path);
	free(path);
	for (unsigned i = 0; i < setting_count; i++) {
		if (!take_name(settings[i], name, sizeof(name), &value))
			continue;
		if (*value)
			add(&block, name, value);
		else
			drop(&block, name);
	}
	qsort(block.variables, block.count, sizeof(*block.variables), compare);
	if (!block.failed)
		result = join(&block, units);
	for (unsigned i = 0; i < block.count; i++)
		free(block.variables[i].text);
	free(block.variables);
	return result;
}
