/*
 * ntdll/rtl/manifest.c - what a manifest says.
 *
 * What is in namespaces or elements that are not known here is passed over, as newer manifests are for older systems.
 */
#include "ntdll/rtl/manifest.h"
#include "ntdll/rtl/manifest_xml.h"
#include "ntdll/rtl/rtl.h"

#include <stdlib.h>
#include <string.h>

struct parser {
	struct xml xml;
	struct manifest *manifest;
	NTSTATUS status;
};

static void refuse(struct parser *parser, NTSTATUS status)
{
	if (!parser->status)
		parser->status = status;
}

/* The text in UTF-16, with the five entities resolved; NULL for what is not given. */
static char16_t *wide(struct parser *parser, struct xml_text text)
{
	static const struct {
		const char *name;
		char character;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	char16_t *result;
	char *plain;
	size_t length = 0;

	if (!text.at)
		return NULL;
	plain = malloc(text.length + 1);
	result = malloc((text.length + 1) * sizeof(*result));
	if (!plain || !result) {
		refuse(parser, STATUS_NO_MEMORY);
		free(plain);
		free(result);
		return NULL;
	}
	for (size_t i = 0; i < text.length; i++) {
		plain[length] = text.at[i];
		for (size_t e = 0; text.at[i] == '&' && e < ARRAY_SIZE(entities); e++) {
			size_t size = strlen(entities[e].name);

			if (text.length - i >= size && memcmp(text.at + i, entities[e].name, size) == 0) {
				plain[length] = entities[e].character;
				i += size - 1;
				break;
			}
		}
		length++;
	}
	length = rtl_utf8_to_utf16(result, text.length, plain, length);
	result[length] = 0;
	free(plain);
	return result;
}

/* One more element at the end of an array, zeroed; NULL: no memory. */
static void *append(struct parser *parser, void *array, unsigned *count, size_t size)
{
	void **place = array;
	char *grown = realloc(*place, (*count + 1) * size);

	if (!grown) {
		refuse(parser, STATUS_NO_MEMORY);
		return NULL;
	}
	*place = grown;
	return memset(grown + (*count)++ * size, 0, size);
}

/* Four numbers with dots between them. */
static bool read_version(struct xml_text text, USHORT version[4])
{
	size_t at = 0;

	for (unsigned i = 0; i < 4; i++) {
		ULONG value = 0;
		size_t start = at;

		if (i && (at == text.length || text.at[at++] != '.'))
			return false;
		start = at;
		for (; at < text.length && text.at[at] >= '0' && text.at[at] <= '9' && value <= 0xFFFF; at++)
			value = value * 10 + (ULONG)(text.at[at] - '0');
		if (at == start || value > 0xFFFF)
			return false;
		version[i] = (USHORT)value;
	}
	return at == text.length;
}

static void read_identity(struct parser *parser, const struct xml_element *element, struct manifest_identity *identity)
{
	struct xml_text version = xml_attribute(element, "version");

	if (identity->name)
		refuse(parser, STATUS_SXS_CANT_GEN_ACTCTX);
	identity->name = wide(parser, xml_attribute(element, "name"));
	identity->type = wide(parser, xml_attribute(element, "type"));
	identity->architecture = wide(parser, xml_attribute(element, "processorArchitecture"));
	identity->token = wide(parser, xml_attribute(element, "publicKeyToken"));
	identity->language = wide(parser, xml_attribute(element, "language"));
	identity->has_version = version.at != NULL;
	if (!identity->name || (version.at && !read_version(version, identity->version)))
		refuse(parser, STATUS_SXS_CANT_GEN_ACTCTX);
	xml_skip(&parser->xml, element);
}

static void read_class(struct parser *parser, const struct xml_element *element, struct manifest_file *file)
{
	struct manifest_class *class = append(parser, &file->classes, &file->class_count, sizeof(*class));
	struct xml_text versioned = xml_attribute(element, "versioned");

	if (!class) {
		xml_skip(&parser->xml, element);
		return;
	}
	class->versioned = !versioned.at || !xml_is(&versioned, "no");
	if (versioned.at && !xml_is(&versioned, "no") && !xml_is(&versioned, "yes"))
		refuse(parser, STATUS_SXS_CANT_GEN_ACTCTX);
	class->name = wide(parser, xml_content(&parser->xml, element));
}

static void read_file(struct parser *parser, const struct xml_element *element)
{
	struct manifest_file *file = append(parser, &parser->manifest->files, &parser->manifest->file_count, sizeof(*file));
	struct xml_element child;

	if (file) {
		file->name = wide(parser, xml_attribute(element, "name"));
		if (!file->name)
			refuse(parser, STATUS_SXS_CANT_GEN_ACTCTX);
	}
	while (xml_child(&parser->xml, element, &child)) {
		if (file && xml_is(&child.name, "windowClass"))
			read_class(parser, &child, file);
		else
			xml_skip(&parser->xml, &child);
	}
}

static bool says_yes(struct xml_text text)
{
	return text.at && (xml_is(&text, "yes") || xml_is(&text, "true"));
}

static void read_dependency(struct parser *parser, const struct xml_element *element)
{
	bool optional = says_yes(xml_attribute(element, "optional"));
	struct xml_element dependent, child;

	while (xml_child(&parser->xml, element, &dependent)) {
		struct manifest_dependency *dependency = NULL;

		if (!xml_is(&dependent.name, "dependentAssembly")) {
			xml_skip(&parser->xml, &dependent);
			continue;
		}
		dependency = append(parser, &parser->manifest->dependencies, &parser->manifest->dependency_count,
				    sizeof(*dependency));
		if (dependency)
			dependency->optional = optional || says_yes(xml_attribute(&dependent, "allowDelayedBinding"));
		while (xml_child(&parser->xml, &dependent, &child)) {
			if (dependency && xml_is(&child.name, "assemblyIdentity"))
				read_identity(parser, &child, &dependency->identity);
			else
				xml_skip(&parser->xml, &child);
		}
		if (dependency && !dependency->identity.name)
			refuse(parser, STATUS_SXS_CANT_GEN_ACTCTX);
	}
}

/* trustInfo > security > requestedPrivileges > requestedExecutionLevel; and requestedPermissions, which are .NET's. */
static void read_trust(struct parser *parser, const struct xml_element *element)
{
	static const char *const levels[] = {"", "asInvoker", "highestAvailable", "requireAdministrator"};
	struct xml_element child;
	struct xml_text level;

	while (xml_child(&parser->xml, element, &child)) {
		if (xml_is(&child.name, "requestedExecutionLevel")) {
			level = xml_attribute(&child, "level");
			if (!level.at || parser->manifest->run_level)
				refuse(parser, STATUS_SXS_CANT_GEN_ACTCTX);
			for (ULONG i = 1; level.at && i < ARRAY_SIZE(levels); i++)
				if (xml_is(&level, levels[i]))
					parser->manifest->run_level = i;
			parser->manifest->ui_access = says_yes(xml_attribute(&child, "uiAccess"));
			xml_skip(&parser->xml, &child);
		} else {
			read_trust(parser, &child);
		}
	}
}

/* windowsSettings > a setting, each with its value as text. */
static void read_settings(struct parser *parser, const struct xml_element *element)
{
	struct xml_element group, child;

	while (xml_child(&parser->xml, element, &group)) {
		if (!xml_is(&group.name, "windowsSettings")) {
			xml_skip(&parser->xml, &group);
			continue;
		}
		while (xml_child(&parser->xml, &group, &child)) {
			struct manifest_setting *setting = append(parser, &parser->manifest->settings,
								  &parser->manifest->setting_count, sizeof(*setting));

			if (!setting) {
				xml_skip(&parser->xml, &child);
				continue;
			}
			setting->space = wide(parser, child.space);
			setting->name = wide(parser, child.name);
			setting->value = wide(parser, xml_content(&parser->xml, &child));
		}
	}
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx} */
static bool read_guid(struct xml_text text, GUID *guid)
{
	static const char order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	BYTE bytes[16];
	unsigned count = 0;

	if (text.length != 38 || text.at[0] != '{' || text.at[37] != '}')
		return false;
	for (size_t i = 1; i < 37; i++) {
		if (i == 9 || i == 14 || i == 19 || i == 24) {
			if (text.at[i] != '-')
				return false;
			continue;
		}
		if (hex_digit(text.at[i]) < 0 || hex_digit(text.at[i + 1]) < 0)
			return false;
		bytes[(unsigned)order[count++]] = (BYTE)(hex_digit(text.at[i]) << 4 | hex_digit(text.at[i + 1]));
		i++;
	}
	memcpy(guid, bytes, sizeof(bytes));
	return true;
}

static void read_compatibility(struct parser *parser, const struct xml_element *element)
{
	struct xml_element child;

	while (xml_child(&parser->xml, element, &child)) {
		struct manifest_compatibility entry = {.type = 0};
		struct manifest_compatibility *added;
		USHORT version[4];

		if (xml_is(&child.name, "application")) {
			read_compatibility(parser, &child);
			continue;
		}
		if (xml_is(&child.name, "supportedOS") && read_guid(xml_attribute(&child, "Id"), &entry.id)) {
			entry.type = 1;
		} else if (xml_is(&child.name, "maxversiontested") && read_version(xml_attribute(&child, "Id"), version)) {
			entry.type = 3;
			for (unsigned i = 0; i < 4; i++)
				entry.maximum_version = entry.maximum_version << 16 | version[i];
		}
		if (entry.type) {
			added = append(parser, &parser->manifest->compatibility, &parser->manifest->compatibility_count,
				       sizeof(*added));
			if (added)
				*added = entry;
		}
		xml_skip(&parser->xml, &child);
	}
}

static void read_assembly(struct parser *parser, const struct xml_element *root)
{
	struct xml_element child;

	while (xml_child(&parser->xml, root, &child)) {
		if (xml_is(&child.name, "assemblyIdentity"))
			read_identity(parser, &child, &parser->manifest->identity);
		else if (xml_is(&child.name, "file"))
			read_file(parser, &child);
		else if (xml_is(&child.name, "dependency"))
			read_dependency(parser, &child);
		else if (xml_is(&child.name, "trustInfo"))
			read_trust(parser, &child);
		else if (xml_is(&child.name, "application"))
			read_settings(parser, &child);
		else if (xml_is(&child.name, "compatibility"))
			read_compatibility(parser, &child);
		else
			xml_skip(&parser->xml, &child);
	}
}

static bool is_assembly(const struct xml_element *element)
{
	struct xml_text version = xml_attribute(element, "manifestVersion");

	return xml_is(&element->name, "assembly") && version.at && xml_is(&version, "1.0") &&
	       (xml_is(&element->space, "urn:schemas-microsoft-com:asm.v1") ||
		xml_is(&element->space, "urn:schemas-microsoft-com:asm.v2") ||
		xml_is(&element->space, "urn:schemas-microsoft-com:asm.v3"));
}

/* The text in UTF-8; `made` is to be freed. */
static bool to_utf8(const unsigned char *bytes, size_t size, const char **text, size_t *length, char **made)
{
	size_t units = size / 2;
	char16_t *wide_text;

	*text = (const char *)bytes;
	*length = size;
	*made = NULL;
	if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		*text += 3;
		*length -= 3;
	}
	if (size < 2 || !((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)))
		return true;
	wide_text = malloc(units * sizeof(*wide_text));
	*made = malloc(units * 3 + 1);
	if (wide_text && *made) {
		for (size_t i = 0; i < units; i++)
			wide_text[i] = bytes[0] == 0xFF ? (char16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8)
							: (char16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
		while (units > 1 && !wide_text[units - 1])
			units--;
		*text = *made;
		*length = rtl_utf16_to_utf8(*made, units * 3, wide_text + 1, units - 1);
	}
	free(wide_text);
	return wide_text && *made;
}

NTSTATUS manifest_parse(struct manifest *manifest, const void *bytes, size_t size, bool root)
{
	struct parser parser = {.manifest = manifest};
	struct xml_element assembly;
	const char *text;
	size_t length;
	char *made;

	memset(manifest, 0, sizeof(*manifest));
	if (!to_utf8(bytes, size, &text, &length, &made)) {
		free(made);
		return STATUS_NO_MEMORY;
	}
	xml_begin(&parser.xml, text, length);
	if (!xml_child(&parser.xml, NULL, &assembly) || !is_assembly(&assembly)) {
		refuse(&parser, STATUS_SXS_CANT_GEN_ACTCTX);
	} else {
		read_assembly(&parser, &assembly);
		if (parser.xml.failed || !xml_at_end(&parser.xml) || (!root && !manifest->identity.name))
			refuse(&parser, STATUS_SXS_CANT_GEN_ACTCTX);
	}
	free(made);
	return parser.status;
}

static void free_identity(struct manifest_identity *identity)
{
	free(identity->name);
	free(identity->type);
	free(identity->architecture);
	free(identity->token);
	free(identity->language);
}

void manifest_free(struct manifest *manifest)
{
	free_identity(&manifest->identity);
	for (unsigned i = 0; i < manifest->file_count; i++) {
		for (unsigned c = 0; c < manifest->files[i].class_count; c++)
			free(manifest->files[i].classes[c].name);
		free(manifest->files[i].classes);
		free(manifest->files[i].name);
	}
	for (unsigned i = 0; i < manifest->dependency_count; i++)
		free_identity(&manifest->dependencies[i].identity);
	for (unsigned i = 0; i < manifest->setting_count; i++) {
		free(manifest->settings[i].space);
		free(manifest->settings[i].name);
		free(manifest->settings[i].value);
	}
	free(manifest->files);
	free(manifest->dependencies);
	free(manifest->settings);
	free(manifest->compatibility);
	memset(manifest, 0, sizeof(*manifest));
}

size_t manifest_put_version(const USHORT version[4], char16_t *to)
{
	char16_t *start = to;

	for (unsigned i = 0; i < 4; i++) {
		char16_t digits[5];
		unsigned count = 0, value = version[i];

		do {
			digits[count++] = (char16_t)(u'0' + value % 10);
			value /= 10;
		} while (value);
		while (count)
			*to++ = digits[--count];
		*to++ = i < 3 ? u'.' : 0;
	}
	return (size_t)(to - start) - 1;
}
